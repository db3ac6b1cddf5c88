package org.iommu4j.tck.law.handover;

import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.kit.NotApplicable;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;
import org.iommu4j.tck.stage.Traffic;

/** See {@link #demands}. */
public final class MappingsOutliveADriverThatGoesAndComesBack implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "While there is no driver the device goes on; the driver that comes back knows each "
                + "domain, and its unmaps are in force.";
    }

    @Override
    public void check(Stage stage) {
        Runnable restart = stage.bench().drivers().restart()
                .orElseThrow(() -> new NotApplicable("nothing here can stop and start the driver"));
        Scene scene = stage.scene();
        Page page = scene.map(IOVA, Stage.RW);
        Domain idle = stage.domain(scene.mover().device().group());
        DomainOps domains = stage.bench().domains();
        domains.map(idle, IOVA, page.pa(), scene.pageSize(), Stage.RW);
        scene.reaches(IOVA, page);
        try (Traffic traffic = new Traffic(scene, IOVA, page.tag())) {
            restart.run();
            traffic.goOn();
        }
        Broken.unlessEqual("translation after the restart", page.pa(), domains.translate(scene.domain(), IOVA));
        Broken.unlessEqual("translation in a domain without devices", page.pa(), domains.translate(idle, IOVA));
        for (Mover other : stage.moversOfGroups(1)) {
            if (other != scene.mover()) {
                Scene newcomer = stage.scene(other);
                newcomer.reaches(IOVA, newcomer.map(IOVA, Stage.RW));
            }
        }
        Broken.unlessEqual("word read beside domains that are new", stage.memory().loadAcquire32(page.pa()),
                scene.read(IOVA));
        scene.unmap(IOVA, scene.pageSize());
        scene.isOutOfReach(IOVA, page.pa());
        Page next = scene.map(IOVA, Stage.RW);
        scene.reaches(IOVA, next);
    }
}
