package org.iommu4j.tck.law.transfer;

import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class EveryLevelOfTheTableIsWalked implements Law {
    @Override
    public String demands() {
        return "Pages on both sides of each boundary between tables are reached, each its own.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        long page = scene.pageSize();
        for (int bit = Long.numberOfTrailingZeros(page) + 1; bit < Long.SIZE - 1
                && (1L << bit) + page - 1 <= scene.domain().lastIova(); bit++) {
            long boundary = 1L << bit;
            if (!scene.isFree(boundary - page, 2 * page)) {
                continue;
            }
            Page below = scene.map(boundary - page, Stage.RW);
            Page above = scene.map(boundary, Stage.RW);
            scene.reaches(boundary - page, below);
            scene.reaches(boundary, above);
            scene.unmap(boundary - page, 2 * page);
        }
    }
}
