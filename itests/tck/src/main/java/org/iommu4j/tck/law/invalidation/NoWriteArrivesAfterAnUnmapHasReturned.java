package org.iommu4j.tck.law.invalidation;

import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Repetition;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class NoWriteArrivesAfterAnUnmapHasReturned implements Law {
    private static final long IOVA = 0x12_3456_0000L;
    private static final int ROUNDS = 40;

    @Override
    public String demands() {
        return "A device that writes without pause changes nothing in a page once its unmap has returned, not even by "
                + "a write that was under way.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        int tag = stage.tag();
        scene.fill(tag);
        try (Repetition writes = new Repetition(() -> scene.mover().store(IOVA))) {
            for (int round = 0; round < ROUNDS; round++) {
                Page page = scene.map(IOVA, Stage.RW);
                writes.until("a write to arrive", () -> stage.memory().loadAcquire32(page.pa()) == tag);
                scene.unmap(IOVA, scene.pageSize());
                stage.memory().storeRelease32(page.pa(), 0);
                writes.goOn();
                Broken.unlessEqual("memory written after its unmap", 0, stage.memory().loadAcquire32(page.pa()));
            }
        }
    }
}
