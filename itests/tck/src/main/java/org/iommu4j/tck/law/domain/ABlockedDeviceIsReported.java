package org.iommu4j.tck.law.domain;

import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.law.fault.FaultCodes;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class ABlockedDeviceIsReported implements Law {
    private static final long IOVA = 0x12_5678_0000L;

    @Override
    public String demands() {
        return "A request of a device in the blocked domain is reported with the reason that the "
                + "specification gives to that.";
    }

    @Override
    public void check(Stage stage) {
        FaultCodes codes = FaultCodes.of(stage.bench());
        codes.mustReport("blocked");
        Scene scene = stage.scene();
        stage.move(scene.mover().device().group(), stage.bench().iommu().blocked());
        Faults faults = new Faults(stage.bench());
        codes.check("blocked",
                faults.of("a read of a blocked device", IOVA, () -> scene.mover().load(IOVA)));
    }
}
