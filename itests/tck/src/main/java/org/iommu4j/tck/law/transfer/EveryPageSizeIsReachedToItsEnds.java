package org.iommu4j.tck.law.transfer;

import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.PageSizes;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class EveryPageSizeIsReachedToItsEnds implements Law {
    private static final long LARGEST_OWNED = 1L << 24;

    @Override
    public String demands() {
        return "Memory under a page of each size is reached where it lies in that page.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        for (long size : PageSizes.of(scene.domain())) {
            long pa = stage.page(scene.domain()).pa();
            long start = pa & -size;
            if (!stage.memory().contains(start, size) || 3 * size - 1 > scene.domain().lastIova()) {
                continue;
            }
            long iova = PageSizes.free(scene.domain(), size);
            scene.map(iova, start, size, Stage.RW);
            scene.reaches(iova + (pa - start), pa, stage.memory().loadAcquire32(pa));
            if (size <= LARGEST_OWNED) {
                long own = stage.memory(Long.numberOfTrailingZeros(size));
                scene.map(iova + size, own, size, Stage.RW);
                long lastWords = size - 2 * Mover.WORD;
                int tag = stage.tag();
                stage.memory().storeRelease32(own + lastWords, tag);
                scene.reaches(iova + size + lastWords, own + lastWords, tag);
                scene.unmap(iova + size, size);
            }
            scene.unmap(iova, size);
        }
    }
}
