package org.iommu4j.tck.law.invalidation;

import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AnAddressThatIsMappedAnewLeadsToTheNewPage implements Law {
    private static final long IOVA = 0x12_3456_0000L;
    private static final int ROUNDS = 4;

    @Override
    public String demands() {
        return "When an address is unmapped and mapped to another page, devices reach the new page "
                + "alone.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        Page former = scene.map(IOVA, Stage.RW);
        for (int round = 0; round < ROUNDS; round++) {
            scene.reaches(IOVA, former);
            scene.unmap(IOVA, scene.pageSize());
            Page next = scene.map(IOVA, Stage.RW);
            scene.reaches(IOVA, next);
            former = next;
        }
    }
}
