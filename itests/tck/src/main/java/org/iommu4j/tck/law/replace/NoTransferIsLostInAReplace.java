package org.iommu4j.tck.law.replace;

import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;
import org.iommu4j.tck.stage.Traffic;

/** See {@link #demands}. */
public final class NoTransferIsLostInAReplace implements Law {
    private static final long IOVA = 0x12_3456_0000L;
    private static final int REPLACES = 60;

    @Override
    public String demands() {
        return "While a device goes from domain to domain, each of its transfers is served by one of the "
                + "two.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        Page one = scene.map(IOVA, Stage.RW);
        Domain twin = scene.twin();
        Page other = stage.page(twin);
        stage.bench().domains().map(twin, IOVA, other.pa(), scene.pageSize(), Stage.RW);
        IommuGroup group = scene.mover().device().group();
        try (Traffic traffic = new Traffic(scene, IOVA, one.tag(), other.tag())) {
            for (int i = 0; i < REPLACES; i++) {
                stage.bench().iommu().replace(group, i % 2 == 0 ? twin : scene.domain());
            }
            traffic.goOn();
        }
    }
}
