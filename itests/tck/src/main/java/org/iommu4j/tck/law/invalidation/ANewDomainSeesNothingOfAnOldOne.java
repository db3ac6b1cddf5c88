package org.iommu4j.tck.law.invalidation;

import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class ANewDomainSeesNothingOfAnOldOne implements Law {
    private static final long IOVA = 0x12_3456_0000L;
    private static final int ROUNDS = 4;

    @Override
    public String demands() {
        return "A domain that comes after another was freed finds nothing of it in the caches, whatever "
                + "number it is given there.";
    }

    @Override
    public void check(Stage stage) {
        Mover mover = stage.mover();
        for (int round = 0; round < ROUNDS; round++) {
            try (Stage turn = new Stage(stage.bench())) {
                Scene scene = turn.scene(mover);
                Page page = scene.map(IOVA, Stage.RW);
                scene.reaches(IOVA, page);
                long own = IOVA + (1 + round) * scene.pageSize();
                scene.map(own, page.pa(), scene.pageSize(), Stage.RW);
                Broken.unlessEqual("word read at an address of this domain alone",
                        turn.memory().loadAcquire32(page.pa()), scene.read(own));
                for (int former = 0; former < round; former++) {
                    Broken.unlessEqual("word read at an address of a former domain", 0,
                            scene.read(IOVA + (1 + former) * scene.pageSize()));
                }
            }
        }
    }
}
