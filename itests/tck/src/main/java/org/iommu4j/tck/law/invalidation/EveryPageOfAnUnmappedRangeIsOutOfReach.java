package org.iommu4j.tck.law.invalidation;

import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class EveryPageOfAnUnmappedRangeIsOutOfReach implements Law {
    private static final long IOVA = 0x12_3450_0000L;
    private static final int PAGES_LG2 = 4;
    private static final int FIRST_TAG = 0x0a6e_0000;
    private static final int[][] RANGES = {{1, 1}, {1, 2}, {3, 5}, {7, 2}, {2, 13}, {5, 3}};

    @Override
    public String demands() {
        return "After an unmap of a range of any length and start, each of its pages is out of reach, "
                + "and its neighbours are reached as before.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        long page = scene.pageSize();
        long base = stage.memory(Long.numberOfTrailingZeros(page) + PAGES_LG2);
        for (int i = 0; i < 1 << PAGES_LG2; i++) {
            stage.memory().storeRelease32(base + i * page, FIRST_TAG + i);
        }
        for (int[] range : RANGES) {
            for (int i = 0; i < 1 << PAGES_LG2; i++) {
                scene.map(IOVA + i * page, base + i * page, page, Stage.RW);
            }
            warm(scene, page);
            scene.unmap(IOVA + range[0] * page, range[1] * page);
            for (int i = 0; i < 1 << PAGES_LG2; i++) {
                boolean gone = i >= range[0] && i < range[0] + range[1];
                Broken.unlessEqual(String.format("word read at page %d after pages %d to %d were unmapped", i, range[0],
                        range[0] + range[1] - 1), gone ? 0 : FIRST_TAG + i, scene.read(IOVA + i * page));
            }
            scene.unmap(IOVA, range[0] * page);
            scene.unmap(IOVA + (range[0] + range[1]) * page, ((1 << PAGES_LG2) - range[0] - range[1]) * page);
        }
    }

    private static void warm(Scene scene, long page) {
        for (int i = 0; i < 1 << PAGES_LG2; i++) {
            Broken.unlessEqual("word read at page " + i, FIRST_TAG + i, scene.read(IOVA + i * page));
        }
    }
}
