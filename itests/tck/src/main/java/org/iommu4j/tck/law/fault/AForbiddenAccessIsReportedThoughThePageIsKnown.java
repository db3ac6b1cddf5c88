package org.iommu4j.tck.law.fault;

import org.iommu4j.api.Protection;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AForbiddenAccessIsReportedThoughThePageIsKnown implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "A write to a read-only page is reported also when the unit has the translation in its "
                + "caches.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        Page page = scene.map(IOVA, Protection.READ);
        Broken.unlessEqual("word read", page.tag(), scene.read(IOVA));
        Faults faults = new Faults(stage.bench());
        scene.write(IOVA, stage.tag());
        Broken.unlessEqual("memory of a page that may only be read", page.tag(),
                stage.memory().loadAcquire32(page.pa()));
        faults.await("a forbidden write to a known page", IOVA);
    }
}
