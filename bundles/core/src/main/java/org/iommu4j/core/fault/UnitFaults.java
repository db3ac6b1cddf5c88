package org.iommu4j.core.fault;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.fault.FaultSink;

/** Takes the faults of one unit: counts all, keeps the newest in the machine's ring. */
public final class UnitFaults implements FaultSink {
    /** The 16 bits of a requester id. */
    private static final int RID = (1 << 16) - 1;

    private final FaultRing ring;
    private final String unit;
    private final int segment;
    private final List<DeviceScope> ranges;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong overflows = new AtomicLong();

    /**
     * @param segment of the requesters that the unit serves, where the scopes do not tell
     * @param scopes of the unit: how it sees requesters
     */
    public UnitFaults(FaultRing ring, String unit, int segment, List<DeviceScope> scopes) {
        this.ring = ring;
        this.unit = unit;
        this.segment = segment;
        this.ranges = scopes.stream().filter(scope -> scope.kind() == DeviceScope.Kind.RANGE).toList();
    }

    @Override
    public void fault(int id, int pasid, long iova, int access, int code, String text) {
        // Whoever sees the count finds the fault.
        ring.add(this, id, pasid, iova, access, code, text);
        count.getAndIncrement();
    }

    @Override
    public void overflow() {
        overflows.getAndIncrement();
    }

    /** Faults reported since power on. */
    public long count() {
        return count.get();
    }

    /** How often the unit reported that it had dropped some. */
    public long overflows() {
        return overflows.get();
    }

    String unit() {
        return unit;
    }

    /** The requester that the unit sees under an id. */
    PciAddress source(int id) {
        for (DeviceScope range : ranges) {
            int rid = range.start().rid() + id - range.idBase();
            if (range.start().rid() <= rid && rid <= range.lastRid()) {
                return new PciAddress(range.start().segment(), rid);
            }
        }
        return new PciAddress(segment, id & RID);
    }
}
