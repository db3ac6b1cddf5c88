package org.iommu4j.smmuv3.queues;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/** How many commands of each kind were sent. Counted under the sender's lock, read by any thread. */
public final class CommandCounts {
    /** Operations that this driver sends are below this. */
    static final int OPERATIONS = 0x50;

    private static final long OPERATION = 0xff;
    private static final String[] NAMES = new String[OPERATIONS];

    static {
        Arrays.fill(NAMES, "other");
        NAMES[Configuration.STE_OP] = Configuration.STE.name();
        NAMES[Configuration.STE_RANGE_OP] = Configuration.STE_RANGE.name();
        NAMES[Configuration.CD_OP] = Configuration.CD.name();
        NAMES[Configuration.CD_ALL_OP] = Configuration.CD_ALL.name();
        NAMES[Tlb.NH_ASID_OP] = Tlb.NH_ASID.name();
        NAMES[Tlb.NH_VA_OP] = Tlb.NH_VA.name();
        NAMES[Tlb.S12_VMALL_OP] = Tlb.S12_VMALL.name();
        NAMES[Tlb.S2_IPA_OP] = Tlb.S2_IPA.name();
        NAMES[Tlb.NSNH_ALL_OP] = Tlb.NSNH_ALL.name();
        NAMES[Sync.NUMBER] = Sync.LAYOUT.name();
    }

    private final AtomicLongArray counts = new AtomicLongArray(OPERATIONS);

    /** One thread at a time. */
    void count(long low) {
        int operation = operation(low);
        counts.lazySet(operation, counts.get(operation) + 1);
    }

    private static int operation(long low) {
        return (int) Math.min(low & OPERATION, OPERATIONS - 1);
    }

    static String name(long low) {
        return NAMES[operation(low)];
    }

    /** {@code kind=count} of each kind that was sent. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int operation = 0; operation < OPERATIONS; operation++) {
            if (counts.get(operation) != 0) {
                lines.add(NAMES[operation] + "=" + counts.get(operation));
            }
        }
        return lines;
    }

    /** By operation. */
    public List<Long> words() {
        return IntStream.range(0, OPERATIONS).mapToObj(counts::get).toList();
    }

    /** Goes on counting from what a former driver sent; before the first is sent. */
    public void add(List<Long> earlier) {
        for (int operation = 0; operation < Math.min(OPERATIONS, earlier.size()); operation++) {
            counts.addAndGet(operation, earlier.get(operation));
        }
    }
}
