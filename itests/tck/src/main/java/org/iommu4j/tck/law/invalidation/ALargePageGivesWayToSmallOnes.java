package org.iommu4j.tck.law.invalidation;

import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.kit.NotApplicable;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.PageSizes;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class ALargePageGivesWayToSmallOnes implements Law {
    private static final long LARGEST_OWNED = 1L << 24;
    private static final int LARGE_TAG = 0x001a_29e0;

    @Override
    public String demands() {
        return "When a large page is unmapped and small ones are mapped in its place, and back, devices "
                + "see what is mapped now.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        long large = PageSizes.large(scene.domain());
        long page = scene.pageSize();
        if (large > LARGEST_OWNED) {
            throw new NotApplicable("the second page size is " + large + " bytes");
        }
        long pa = stage.memory(Long.numberOfTrailingZeros(large));
        stage.memory().storeRelease32(pa + page, LARGE_TAG);
        long iova = PageSizes.free(scene.domain(), large);
        for (int round = 0; round < 2; round++) {
            scene.map(iova, pa, large, Stage.RW);
            Broken.unlessEqual("word read in the large page", LARGE_TAG, scene.read(iova + page));
            scene.unmap(iova, large);
            Page small = scene.map(iova + page, Stage.RW);
            scene.reaches(iova + page, small);
            Broken.unlessEqual("word read beside the small page", 0, scene.read(iova + 2 * page));
            scene.unmap(iova + page, page);
        }
    }
}
