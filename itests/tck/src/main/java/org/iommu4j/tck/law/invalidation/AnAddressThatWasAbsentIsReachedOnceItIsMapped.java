package org.iommu4j.tck.law.invalidation;

import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AnAddressThatWasAbsentIsReachedOnceItIsMapped implements Law {
    private static final long IOVA = 0x12_3456_0000L;
    private static final int ADDRESSES = 3;

    @Override
    public String demands() {
        return "A device that was refused at an address reaches the page that is then mapped there, "
                + "whatever the unit remembers of absence.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        for (int i = 0; i < ADDRESSES; i++) {
            long iova = IOVA + i * scene.pageSize();
            Broken.unlessEqual("word read where nothing is mapped", 0, scene.read(iova));
            Page page = scene.map(iova, Stage.RW);
            scene.reaches(iova, page);
        }
    }
}
