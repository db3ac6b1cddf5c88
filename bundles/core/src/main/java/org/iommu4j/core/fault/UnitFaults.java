package org.iommu4j.core.fault;

import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.api.fault.FaultSink;

/** Takes the faults of one unit: counts all, keeps the newest in the machine's ring. */
public final class UnitFaults implements FaultSink {
    /** The 16 bits of a requester id. */
    static final int RID = (1 << 16) - 1;

    private final FaultRing ring;
    private final String unit;
    private final int segment;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong overflows = new AtomicLong();

    /** @param segment of the requesters that the unit serves */
    public UnitFaults(FaultRing ring, String unit, int segment) {
        this.ring = ring;
        this.unit = unit;
        this.segment = segment;
    }

    @Override
    public void fault(int rid, int pasid, long iova, int access, int code, String text) {
        // Whoever sees the count finds the fault.
        ring.add(this, rid, pasid, iova, access, code, text);
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

    int segment() {
        return segment;
    }
}
