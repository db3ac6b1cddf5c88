package org.iommu4j.tck.law.domain;

import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.kit.NotApplicable;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AnIdentityDomainLeavesAddressesAsTheyAre implements Law {
    @Override
    public String demands() {
        return "In the identity domain a device reaches memory at its physical address.";
    }

    @Override
    public void check(Stage stage) {
        Mover mover = stage.mover();
        IommuGroup group = mover.device().group();
        Scene scene = stage.scene(mover);
        Domain identity = stage.bench().iommu().identity();
        try {
            stage.move(group, identity);
        } catch (IommuException e) {
            if (e.reason() == Reason.NOT_SUPPORTED) {
                throw new NotApplicable(e.getMessage());
            }
            throw e;
        }
        PhysicalMemory memory = stage.memory();
        Page from = stage.page(scene.domain());
        long to = stage.memory(0);
        mover.load(from.pa());
        mover.store(to);
        Broken.unlessEqual("word copied between physical addresses", from.tag(), memory.loadAcquire32(to));
        scene.enter();
        memory.storeRelease32(to, 0);
        mover.store(to);
        Broken.unlessEqual("memory written at its physical address, back in a paging domain", 0,
                memory.loadAcquire32(to));
    }
}
