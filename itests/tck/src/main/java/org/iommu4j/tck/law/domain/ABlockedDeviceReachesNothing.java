package org.iommu4j.tck.law.domain;

import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class ABlockedDeviceReachesNothing implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "In the blocked domain a device reads nothing and writes nothing, not even what it "
                + "reached a moment ago.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        Page page = scene.map(IOVA, Stage.RW);
        scene.reaches(IOVA, page);
        scene.fill(stage.tag());
        stage.move(scene.mover().device().group(), stage.bench().iommu().blocked());
        scene.mover().store(IOVA);
        Broken.unlessEqual("memory written by a blocked device", page.tag(), stage.memory().loadAcquire32(page.pa()));
        scene.mover().load(IOVA);
        scene.enter();
        Broken.unlessEqual("word read by a blocked device", 0, scene.buffer());
        scene.reaches(IOVA, page);
    }
}
