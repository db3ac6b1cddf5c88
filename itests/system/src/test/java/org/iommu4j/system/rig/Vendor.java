package org.iommu4j.system.rig;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.iommu4j.amdvi.AmdDriver;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.smmuv3.SmmuDriver;
import org.iommu4j.vtd.VtdDriver;

/** Whose driver, on which of the bundled machines. */
public enum Vendor {
    VTD("vtd", "intel", VtdDriver::new, List.of("context", "pasid"), "DID"),
    SMMUV3("smmuv3", "arm", SmmuDriver::new, List.of("ste", "cd"), "ASID", "S2VMID"),
    AMDVI("amdvi", "amd", AmdDriver::new, List.of("devices", "guests"), "DomainID");

    private final String architecture;
    private final String machine;
    private final Supplier<IommuDriver> driver;
    private final List<String> entryCaches;
    /** Of fields, as the driver's layouts call them; the first that is there counts. */
    private final List<String> domainIds;

    Vendor(String architecture, String machine, Supplier<IommuDriver> driver, List<String> entryCaches,
            String... domainIds) {
        this.architecture = architecture;
        this.machine = machine;
        this.driver = driver;
        this.entryCaches = entryCaches;
        this.domainIds = List.of(domainIds);
    }

    /** What tags cached translations, {@code NAME=value} as an entry on a walk has it; empty if none does. */
    public String domainId(List<WalkStep> steps) {
        return domainIds.stream().flatMap(name -> steps.stream().flatMap(step -> step.fields().stream())
                .filter(field -> field.startsWith(name + "="))).findFirst().orElse("");
    }

    /** Name of the bundled definition. */
    String machine() {
        return machine;
    }

    /** A driver for its units. */
    public IommuDriver driver() {
        return driver.get();
    }

    /** The driver's service property. */
    String architecture() {
        return architecture;
    }

    /** Whose unit a machine has, by the kit's name for it or QEMU's; empty if no driver here drives it. */
    public static Optional<Vendor> of(String machine) {
        return Arrays.stream(values()).filter(vendor -> machine.matches("(qemu-)?" + vendor.machine + "(-.*)?"))
                .findFirst();
    }

    /** The model's caches that are not of translations, as its definition names them. */
    List<String> entryCaches() {
        return entryCaches;
    }
}
