package org.iommu4j.replay.machine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.iommu4j.api.Device;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.replay.dma.DmaClient;
import org.iommu4j.replay.dma.EduClient;
import org.iommu4j.replay.plan.TraceDomain;
import org.iommu4j.replay.play.Cast;

/** QEMU's {@code edu} devices, one for each domain of the trace; each has one DMA engine, so its channels are one. */
public final class EduCast implements Cast {
    /** As QEMU's documentation has them, "EDU device". */
    static final int VENDOR = 0x1234;
    static final int DEVICE = 0x11e8;

    private final QemuBoard board;
    private final PhysicalMemory memory;
    private final Map<PciAddress, EduClient> clients = new ConcurrentHashMap<>();

    /** @param memory of the machine */
    public EduCast(QemuBoard board, PhysicalMemory memory) {
        this.board = board;
        this.memory = memory;
    }

    @Override
    public PciAddress placeOf(TraceDomain domain) {
        return board.placeOf(domain);
    }

    @Override
    public boolean plays(Device device) {
        return device.vendorId() == VENDOR && device.deviceId() == DEVICE;
    }

    @Override
    public DmaClient client(Device device, int channel) {
        return clients.computeIfAbsent(device.address(),
                address -> new EduClient(device, memory, board.ownPage(address)));
    }

    @Override
    public long frameOf(long physical) {
        return board.frames().of(physical);
    }

    /** What lies at the trace's address here may be anything. */
    @Override
    public boolean reachesRegisters() {
        return false;
    }
}
