package org.iommu4j.core.unit;

import org.iommu4j.api.driver.Gather;

/** One thread's place in a {@link Gate}, and the gather that its calls use. */
public final class GateCell extends ThreadMark {
    private final Gather gather;
    /** Keeps the mark off the cache line of whatever lies behind it. */
    private long p0;
    private long p1;
    private long p2;
    private long p3;
    private long p4;
    private long p5;
    private long p6;
    private long p7;
    private long p8;
    private long p9;
    private long p10;
    private long p11;
    private long p12;
    private long p13;
    private long p14;
    private long p15;

    /** @param dead a cell whose thread has ended, whose gather is used again; or null */
    GateCell(Thread thread, GateCell dead) {
        super(thread);
        gather = dead == null ? new Gather() : dead.gather;
    }

    /** The owning thread's, between enter and exit. */
    public Gather gather() {
        return gather;
    }
}
