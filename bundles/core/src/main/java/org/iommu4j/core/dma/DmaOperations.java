package org.iommu4j.core.dma;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.Device;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.dma.CoherentMemory;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.dma.DmaLimits;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.dma.FlushReport;
import org.iommu4j.api.dma.ScatterList;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;

/** The way into this room: one machine's DMA API, made from its devices once. */
public final class DmaOperations implements DmaOps, AutoCloseable {
    private static final int SMALLEST_LG2 = 12;
    private static final long LONGEST_COHERENT = 1 << 24;

    private final String machine;
    private final PhysicalMemory memory;
    private final PageAllocator frames;
    private final FlushTimer timer;
    private final Map<IommuGroup, DmaGroup> groups = new IdentityHashMap<>();
    private final Map<Device, DmaDevice> devices = new IdentityHashMap<>();

    /**
     * @param frames where coherent memory comes from
     * @param translated all devices of the machine; their groups never change
     */
    public DmaOperations(String machine, PhysicalMemory memory, PageAllocator frames, List<Device> translated,
            DomainOps ops, DeferredOps deferred) {
        this.machine = machine;
        this.memory = memory;
        this.frames = frames;
        this.timer = new FlushTimer(machine);
        for (Device device : translated) {
            DmaGroup group = groups.computeIfAbsent(device.group(), each -> new DmaGroup(each, ops, deferred, timer));
            devices.put(device, new DmaDevice(group));
        }
    }

    @Override
    public String machine() {
        return machine;
    }

    @Override
    public DmaLimits limits(Device device) {
        return known(device).limits();
    }

    @Override
    public void limits(Device device, DmaLimits limits) {
        known(device).limits(limits);
    }

    @Override
    public long map(Device device, long pa, long length, DmaDirection direction) {
        DmaDevice known = known(device);
        checkMemory(pa, length);
        return known.group().space().map(known, pa, length, direction.protection());
    }

    @Override
    public void unmap(Device device, long iova, long length) {
        known(device).group().space().unmap(iova, length);
    }

    @Override
    public int map(Device device, ScatterList list, DmaDirection direction) {
        DmaDevice known = known(device);
        if (list.isMapped()) {
            throw IommuException.of(Reason.BUSY, "scatter list of %d entries is mapped already", list.entries());
        }
        if (list.entries() == 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "scatter list has no entries");
        }
        for (int i = 0; i < list.entries(); i++) {
            checkMemory(list.pa(i), list.length(i));
        }
        known.group().space().map(known, list, direction.protection());
        return list.segments();
    }

    @Override
    public void unmap(Device device, ScatterList list) {
        DmaDevice known = known(device);
        if (!list.isMapped()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "scatter list of %d entries is not mapped", list.entries());
        }
        known.group().space().unmap(list);
    }

    @Override
    public CoherentMemory allocate(Device device, long length) {
        DmaDevice known = known(device);
        if (length <= 0 || length > LONGEST_COHERENT) {
            throw IommuException.of(Reason.INCOMPATIBLE, "coherent memory of %d bytes is not within 1 to %d", length,
                    LONGEST_COHERENT);
        }
        DmaSpace space = known.group().space();
        long pa = frames.allocate(sizeLg2(length));
        try {
            long iova = space.map(known, pa, length, DmaDirection.BIDIRECTIONAL.protection());
            return new CoherentMemory(iova, pa, length);
        } catch (IommuException e) {
            frames.free(pa, sizeLg2(length));
            throw e;
        }
    }

    @Override
    public void free(Device device, CoherentMemory coherent) {
        known(device).group().space().unmapStrictly(coherent.iova(), coherent.length());
        frames.free(coherent.pa(), sizeLg2(coherent.length()));
    }

    @Override
    public void mapAt(Device device, long iova, long pa, long length, int protection) {
        known(device).group().space().mapAt(iova, pa, length, protection);
    }

    @Override
    public long unmapAt(Device device, long iova, long length) {
        return known(device).group().space().unmapAt(iova, length);
    }

    @Override
    public void flush(IommuGroup group) {
        known(group).space().flush();
    }

    @Override
    public FlushReport report(IommuGroup group) {
        return known(group).space().report();
    }

    /** Bytes in use through this API in the group's default domain; what waits is flushed first. */
    public long inUse(IommuGroup group) {
        DmaSpace space = known(group).known();
        return space == null ? 0 : space.inUse();
    }

    /** What was mapped in a group's default domain before this process. */
    public void recovered(IommuGroup group, List<ReservedRegion> ranges) {
        known(group).recovered(group.defaultDomain(), ranges);
    }

    /** Ends the thread that flushes in time. */
    @Override
    public void close() {
        timer.close();
    }

    private DmaDevice known(Device device) {
        DmaDevice known = devices.get(device);
        if (known == null) {
            throw IommuException.of(Reason.NO_DEVICE, "machine %s translates no device %s", machine, device);
        }
        return known;
    }

    private DmaGroup known(IommuGroup group) {
        DmaGroup known = groups.get(group);
        if (known == null) {
            throw IommuException.of(Reason.NO_DEVICE, "%s is no group of machine %s", group, machine);
        }
        return known;
    }

    private void checkMemory(long pa, long length) {
        if (length <= 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "memory at %#x: a length of %d bytes is not above 0", pa,
                    length);
        }
        if (!memory.contains(pa, length)) {
            throw IommuException.of(Reason.BAD_ADDRESS, "%#x + %#x is not in the memory of machine %s: %s", pa, length,
                    machine, memory.ranges());
        }
    }

    private static int sizeLg2(long length) {
        return Math.max(SMALLEST_LG2, Long.SIZE - Long.numberOfLeadingZeros(length - 1));
    }
}
