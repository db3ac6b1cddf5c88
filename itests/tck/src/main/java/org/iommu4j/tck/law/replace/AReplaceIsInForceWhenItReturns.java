package org.iommu4j.tck.law.replace;

import org.iommu4j.api.Domain;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AReplaceIsInForceWhenItReturns implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "When a replace has returned, the device reaches what the new domain maps and nothing of "
                + "the old one.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        Page former = scene.map(IOVA, Stage.RW);
        Page only = scene.map(IOVA + scene.pageSize(), Stage.RW);
        scene.reaches(IOVA, former);
        scene.reaches(IOVA + scene.pageSize(), only);
        Domain twin = scene.twin();
        Page next = stage.page(twin);
        stage.bench().domains().map(twin, IOVA, next.pa(), scene.pageSize(), Stage.RW);
        stage.move(scene.mover().device().group(), twin);
        scene.reaches(IOVA, next);
        scene.isOutOfReach(IOVA + scene.pageSize(), only.pa());
        scene.enter();
        Broken.unlessEqual("word read after going back", former.tag(), scene.read(IOVA));
    }
}
