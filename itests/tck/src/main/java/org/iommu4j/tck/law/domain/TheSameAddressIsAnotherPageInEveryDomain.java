package org.iommu4j.tck.law.domain;

import java.util.List;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class TheSameAddressIsAnotherPageInEveryDomain implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "Devices in different domains reach each its own page at the same address, in any order "
                + "of access.";
    }

    @Override
    public void check(Stage stage) {
        List<Mover> movers = stage.moversOfGroups(2);
        List<Scene> scenes = movers.stream().map(stage::scene).toList();
        List<Page> pages = scenes.stream().map(scene -> scene.map(IOVA, Stage.RW)).toList();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < scenes.size(); i++) {
                Broken.unlessEqual("word that " + movers.get(i).device().address() + " reads", pages.get(i).tag(),
                        scenes.get(i).read(IOVA));
            }
        }
    }
}
