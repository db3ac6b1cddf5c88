package org.iommu4j.tck.law.replace;

import org.iommu4j.api.Device;
import org.iommu4j.api.dma.CoherentMemory;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class ADetachGivesTheDefaultDomainBack implements Law {
    private static final int GUEST = 0x0097_0057;

    @Override
    public String demands() {
        return "After a detach the group is in its default domain, and what is mapped there is reached.";
    }

    @Override
    public void check(Stage stage) {
        Mover mover = stage.mover();
        Device device = mover.device();
        DmaOps dma = stage.bench().dma();
        CoherentMemory shared = dma.allocate(device, PhysicalMemory.PAGE);
        try {
            try (Stage guest = new Stage(stage.bench())) {
                guest.scene(mover).fill(GUEST);
            }
            Broken.unlessEqual("domain after the detach", device.group().defaultDomain(), device.group().domain());
            mover.store(shared.iova());
            Broken.unlessEqual("word in coherent memory", GUEST, stage.memory().loadAcquire32(shared.pa()));
        } finally {
            dma.free(device, shared);
        }
    }
}
