package org.iommu4j.wires;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Set;
import org.iommu4j.wires.BuiltBundle.Reference;
import org.junit.jupiter.api.Test;

class ServiceWiresIT {
    /** Services that may vanish under load: core alone binds them and stands between them and every client. */
    private static final Set<String> BEHIND_CORE =
            Set.of("org.iommu4j.api.machine.Machine", "org.iommu4j.api.driver.IommuDriver");

    @Test
    void onlyCoreReferencesMachinesAndDrivers() {
        for (BuiltBundle bundle : BuiltBundle.all()) {
            for (Reference reference : bundle.references()) {
                if (BEHIND_CORE.contains(reference.service())) {
                    assertEquals("org.iommu4j.core", bundle.symbolicName(), reference.toString());
                }
            }
        }
    }

    @Test
    void everyReferenceSpellsItsPolicyOptionAndCardinality() {
        for (BuiltBundle bundle : BuiltBundle.all()) {
            for (Reference reference : bundle.references()) {
                assertFalse(reference.policy().isEmpty(), () -> "policy missing: " + reference);
                assertFalse(reference.policyOption().isEmpty(), () -> "policyOption missing: " + reference);
                assertFalse(reference.cardinality().isEmpty(), () -> "cardinality missing: " + reference);
            }
        }
    }
}
