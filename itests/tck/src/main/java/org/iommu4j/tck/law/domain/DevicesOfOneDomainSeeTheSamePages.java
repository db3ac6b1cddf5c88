package org.iommu4j.tck.law.domain;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class DevicesOfOneDomainSeeTheSamePages implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "Devices of several groups in one domain reach the same pages, and lose them by one "
                + "unmap.";
    }

    @Override
    public void check(Stage stage) {
        List<Mover> movers = stage.moversOfGroups(2);
        Scene first = stage.scene(movers.get(0));
        List<Scene> scenes = new ArrayList<>(List.of(first));
        for (Mover mover : movers.subList(1, movers.size())) {
            try {
                scenes.add(first.shared(mover));
            } catch (IommuException e) {
                if (e.reason() != Reason.INCOMPATIBLE) {
                    throw e;
                }
            }
        }
        Page page = first.map(IOVA, Stage.RW);
        for (Scene scene : scenes) {
            Broken.unlessEqual("word that " + scene.mover().device().address() + " reads", page.tag(),
                    scene.read(IOVA));
        }
        first.unmap(IOVA, first.pageSize());
        for (Scene scene : scenes) {
            Broken.unlessEqual("word that " + scene.mover().device().address() + " reads after the unmap", 0,
                    scene.read(IOVA));
        }
    }
}
