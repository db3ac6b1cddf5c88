package org.iommu4j.replay.machine;

import org.iommu4j.api.Device;
import org.iommu4j.api.PciAddress;
import org.iommu4j.replay.dma.DmaChannel;
import org.iommu4j.replay.dma.DmaClient;
import org.iommu4j.replay.plan.TraceDomain;
import org.iommu4j.replay.play.Cast;

/** DMA generators at the addresses of the trace's own devices. Immutable. */
public final class GeneratorCast implements Cast {
    /** Vendor id that no member of the PCI-SIG holds; QEMU's educational devices have it. */
    static final int VENDOR = 0x1234;
    /** Next to the device id of {@code edu}. */
    static final int DEVICE = 0x11E9;

    private final InventedTopology topology;
    private final TraceFrames frames;

    /** With memory where the trace has it. */
    public GeneratorCast(InventedTopology topology) {
        this(topology, TraceFrames.IN_PLACE);
    }

    public GeneratorCast(InventedTopology topology, TraceFrames frames) {
        this.topology = topology;
        this.frames = frames;
    }

    @Override
    public PciAddress placeOf(TraceDomain domain) {
        return topology.placeOf(domain);
    }

    @Override
    public boolean plays(Device device) {
        return device.vendorId() == VENDOR && device.deviceId() == DEVICE;
    }

    @Override
    public DmaClient client(Device device, int channel) {
        return new DmaChannel(device, channel);
    }

    @Override
    public long frameOf(long physical) {
        return frames.of(physical);
    }

    @Override
    public boolean reachesRegisters() {
        return true;
    }
}
