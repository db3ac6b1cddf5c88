package org.iommu4j.tck.law.fault;

import org.iommu4j.api.Protection;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AForbiddenAccessHasTheReasonOfItsCause implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "A request that its page does not permit is reported with the reason that the specification gives "
                + "to that cause.";
    }

    @Override
    public void check(Stage stage) {
        FaultCodes codes = FaultCodes.of(stage.bench());
        Scene scene = stage.scene();
        scene.map(IOVA, Protection.READ);
        Faults faults = new Faults(stage.bench());
        scene.mover().store(IOVA);
        codes.check("forbidden write", faults.await("a forbidden write", IOVA));
        if (scene.domain().granted(Protection.WRITE) == Protection.WRITE) {
            long other = IOVA + scene.pageSize();
            scene.map(other, Protection.WRITE);
            scene.mover().load(other);
            codes.check("forbidden read", faults.await("a forbidden read", other));
        }
    }
}
