package org.iommu4j.tck.law.fault;

import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.kit.NotApplicable;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AnAddressBeyondTheDomainHasTheReasonOfItsCause implements Law {
    @Override
    public String demands() {
        return "A request above the last address that a domain can map is reported with the reason that the "
                + "specification gives to that cause.";
    }

    @Override
    public void check(Stage stage) {
        FaultCodes codes = FaultCodes.of(stage.bench());
        Scene scene = stage.scene();
        long beyond = scene.domain().lastIova() + 1;
        if (beyond <= 0) {
            throw new NotApplicable("the domain reaches to the end of all addresses");
        }
        Faults faults = new Faults(stage.bench());
        scene.mover().load(beyond);
        codes.check("beyond the domain", faults.await("a read beyond the domain",
                beyond));
    }
}
