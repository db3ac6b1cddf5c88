package org.iommu4j.tck.law.invalidation;

import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.PageSizes;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class WhatIsUnmappedIsOutOfReach implements Law {
    @Override
    public String demands() {
        return "When an unmap has returned, no device reaches the page, though its translation was in "
                + "the caches; for pages of each size.";
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
            scene.unmap(iova, size);
            scene.isOutOfReach(iova + (pa - start), pa);
        }
    }
}
