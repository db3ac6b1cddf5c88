package org.iommu4j.tck.law.transfer;

import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class EveryDeviceMovesDataBothWays implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "Each device reads and writes memory through the mapping of its own domain.";
    }

    @Override
    public void check(Stage stage) {
        for (Mover mover : stage.movers()) {
            Scene scene = stage.scene(mover);
            Page page = scene.map(IOVA, Stage.RW);
            scene.reaches(IOVA, page);
        }
    }
}
