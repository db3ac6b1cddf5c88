package org.iommu4j.tck.law.identity;

import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AnIdentityDomainLeavesAddressesAsTheyAre implements Law {
    @Override
    public String demands() {
        return "In the identity domain a device reaches memory at its physical address.";
    }

    @Override
    public void check(Stage stage) {
        Mover mover = stage.lastMover();
        Identity.enter(stage, mover);
        long from = stage.memory(0);
        long to = stage.memory(0);
        int tag = stage.tag();
        stage.memory().storeRelease32(from, tag);
        mover.load(from);
        mover.store(to);
        Broken.unlessEqual("word copied between physical addresses", tag, stage.memory().loadAcquire32(to));
    }
}
