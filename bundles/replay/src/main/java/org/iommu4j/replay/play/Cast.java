package org.iommu4j.replay.play;

import org.iommu4j.api.Device;
import org.iommu4j.api.PciAddress;
import org.iommu4j.replay.dma.DmaClient;
import org.iommu4j.replay.plan.TraceDomain;

/** Who on a machine plays the devices of a trace, and where the trace's memory lies there. Any thread. */
public interface Cast {
    /** The function that stands for a domain of the trace. */
    PciAddress placeOf(TraceDomain domain);

    /** True if a function can do DMA for the replay. */
    boolean plays(Device device);

    /**
     * What makes a function do DMA.
     *
     * @param channel 0 for who plays the events, 1 and up for those who only keep devices busy
     */
    DmaClient client(Device device, int channel);

    /** Where a physical address of the trace that is memory lies on this machine; near ones stay near. */
    long frameOf(long physical);

    /** True if devices may write to the registers of others, where the trace has mapped them. */
    boolean reachesRegisters();
}
