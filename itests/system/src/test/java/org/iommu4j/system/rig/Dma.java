package org.iommu4j.system.rig;

import java.util.OptionalLong;
import org.iommu4j.api.Device;
import org.iommu4j.replay.dma.DmaBatch;
import org.iommu4j.replay.dma.DmaChannel;

/** One channel of one DMA generator, a transfer at a time. One thread at a time. */
public final class Dma {
    private final DmaChannel channel;
    private final DmaBatch batch = new DmaBatch();

    Dma(Device device, int channel) {
        this.channel = new DmaChannel(device, channel);
    }

    /** What 8 bytes at an IOVA hold; empty if the transfer was aborted. */
    public OptionalLong read(long iova) {
        batch.clear();
        batch.read(iova);
        channel.run(batch);
        return batch.completed(0) ? OptionalLong.of(batch.data(0)) : OptionalLong.empty();
    }

    /** @return false if the transfer was aborted */
    public boolean write(long iova, long value) {
        batch.clear();
        batch.write(iova, value);
        channel.run(batch);
        return batch.completed(0);
    }
}
