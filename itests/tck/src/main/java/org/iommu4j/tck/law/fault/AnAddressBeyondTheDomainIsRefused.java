package org.iommu4j.tck.law.fault;

import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.kit.NotApplicable;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AnAddressBeyondTheDomainIsRefused implements Law {
    @Override
    public String demands() {
        return "A request above the last address that a domain can map is refused and reported, and "
                + "reaches nothing that lies lower.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        long beyond = scene.domain().lastIova() + 1;
        if (beyond <= 0) {
            throw new NotApplicable("the domain reaches to the end of all addresses");
        }
        Page page = scene.map(0, Stage.RW);
        Faults faults = new Faults(stage.bench());
        Broken.unlessEqual("word read beyond the domain", 0, scene.read(beyond));
        faults.await("a read beyond the domain", beyond);
        scene.reaches(0, page);
    }
}
