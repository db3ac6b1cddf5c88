package org.iommu4j.tck.law.transfer;

import org.iommu4j.api.Device;
import org.iommu4j.api.dma.CoherentMemory;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class TheDmaApiGivesReachableMemory implements Law {
    @Override
    public String demands() {
        return "What DmaOps maps is reached by its device in the direction that was asked for; unmapped "
                + "and flushed it is out of reach.";
    }

    @Override
    public void check(Stage stage) {
        Mover mover = stage.mover();
        Device device = mover.device();
        DmaOps dma = stage.bench().dma();
        PhysicalMemory memory = stage.memory();
        CoherentMemory shared = dma.allocate(device, PhysicalMemory.PAGE);
        try {
            long source = stage.memory(0);
            long target = stage.memory(0);
            int tag = stage.tag();
            memory.storeRelease32(source, tag);
            long from = dma.map(device, source, Mover.WORD, DmaDirection.TO_DEVICE);
            mover.load(from);
            mover.store(shared.iova());
            dma.unmap(device, from, Mover.WORD);
            Broken.unlessEqual("word that arrived in coherent memory", tag, memory.loadAcquire32(shared.pa()));
            long to = dma.map(device, target, Mover.WORD, DmaDirection.FROM_DEVICE);
            mover.store(to);
            Broken.unlessEqual("word that arrived in streaming memory", tag, memory.loadAcquire32(target));
            dma.unmap(device, to, Mover.WORD);
            dma.flush(device.group());
            memory.storeRelease32(target, 0);
            mover.store(to);
            Broken.unlessEqual("memory after it was unmapped", 0, memory.loadAcquire32(target));
        } finally {
            dma.free(device, shared);
        }
    }
}
