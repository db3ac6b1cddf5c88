package org.iommu4j.tck.law.handover;

import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.kit.NotApplicable;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;
import org.iommu4j.tck.stage.Traffic;

/** See {@link #demands}. */
public final class NoTransferIsLostInASwap implements Law {
    private static final long IOVA = 0x12_3456_0000L;
    private static final int SWAPS = 3;

    @Override
    public String demands() {
        return "While a successor takes over, each transfer of a device is served, and maps and unmaps "
                + "work before and after.";
    }

    @Override
    public void check(Stage stage) {
        Runnable swap = stage.bench().drivers().swap()
                .orElseThrow(() -> new NotApplicable("nothing here can put a successor beside the driver"));
        Scene scene = stage.scene();
        Page page = scene.map(IOVA, Stage.RW);
        long other = IOVA + 9 * scene.pageSize();
        for (int i = 0; i < SWAPS; i++) {
            try (Traffic traffic = new Traffic(scene, IOVA, page.tag())) {
                swap.run();
                traffic.goOn();
            }
            Page extra = scene.map(other, Stage.RW);
            scene.reaches(other, extra);
            scene.unmap(other, scene.pageSize());
            scene.isOutOfReach(other, extra.pa());
        }
    }
}
