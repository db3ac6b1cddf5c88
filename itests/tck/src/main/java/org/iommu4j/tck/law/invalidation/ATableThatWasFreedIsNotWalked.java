package org.iommu4j.tck.law.invalidation;

import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.PageSizes;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class ATableThatWasFreedIsNotWalked implements Law {
    private static final int FIRST = 0x0f1e_7ab1;

    @Override
    public String demands() {
        return "When a range goes with the tables that held it, what is mapped there afterwards is found "
                + "through the new tables.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        long page = scene.pageSize();
        long span = PageSizes.ofTable(scene.domain());
        long iova = PageSizes.free(scene.domain(), span);
        long memory = stage.memory(Long.numberOfTrailingZeros(page));
        stage.memory().storeRelease32(memory, FIRST);
        for (long at = 0; at < span; at += page) {
            scene.map(iova + at, memory, page, Stage.RW);
        }
        Broken.unlessEqual("word read through the first tables", FIRST, scene.read(iova + span / 2));
        scene.unmap(iova, span);
        Broken.unlessEqual("word read without tables", 0, scene.read(iova + span / 2));
        Broken.unlessEqual("word read without tables, at a page never read before", 0, scene.read(iova + page));
        Page second = scene.map(iova + page, Stage.RW);
        scene.reaches(iova + page, second);
        Broken.unlessEqual("word read beside the new page", 0, scene.read(iova + span / 2));
    }
}
