package org.iommu4j.tck.law.identity;

import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AnIdentityDomainIsLeftLikeAnyOther implements Law {
    @Override
    public String demands() {
        return "When a device has gone from the identity domain to another, it reaches nothing at physical addresses.";
    }

    @Override
    public void check(Stage stage) {
        Mover mover = stage.lastMover();
        Scene scene = stage.scene(mover);
        long memory = stage.memory(0);
        Identity.enter(stage, mover);
        mover.load(memory);
        mover.store(memory);
        scene.enter();
        int tag = stage.tag();
        stage.memory().storeRelease32(memory, tag);
        mover.store(memory);
        Broken.unlessEqual("memory written at its physical address, back in a paging domain", tag,
                stage.memory().loadAcquire32(memory));
    }
}
