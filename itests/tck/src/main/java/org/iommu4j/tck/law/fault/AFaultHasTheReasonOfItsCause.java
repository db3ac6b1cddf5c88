package org.iommu4j.tck.law.fault;

import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AFaultHasTheReasonOfItsCause implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "A request that nothing is mapped for is reported with the reason that the specification "
                + "gives to that cause.";
    }

    @Override
    public void check(Stage stage) {
        FaultCodes codes = FaultCodes.of(stage.bench());
        Scene scene = stage.scene();
        Faults faults = new Faults(stage.bench());
        scene.mover().load(IOVA);
        check(codes, faults, "unmapped read", IOVA);
        long other = IOVA + 5 * scene.pageSize();
        scene.mover().store(other);
        check(codes, faults, "unmapped write", other);
    }

    private static void check(FaultCodes codes, Faults faults, String cause, long iova) {
        DmaFault fault = faults.await(cause, iova);
        codes.check(cause, fault);
    }
}
