package org.iommu4j.qemu.process;

import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.PhysicalMemory;

/** The interrupt messages that {@link IdleFirmware} has counted. */
public final class CountedInterrupts extends Interrupts {
    /** The processor's vectors below are exceptions; the one for spurious interrupts is far above ours. */
    private static final int FIRST = 32;

    private final PhysicalMemory memory;
    private final InterruptSink sink;
    private final int[] seen = new int[VECTORS];

    /** @param memory with the firmware running in it */
    public CountedInterrupts(String machine, PhysicalMemory memory, InterruptSink sink) {
        super(machine);
        this.memory = memory;
        this.sink = sink;
        for (int vector = 0; vector < VECTORS; vector++) {
            seen[vector] = count(vector);
        }
    }

    /** The processor's vector for one of the machine's. */
    public static int processorVector(int vector) {
        return FIRST + vector;
    }

    @Override
    boolean look() {
        for (int vector = 0; vector < VECTORS; vector++) {
            int count = count(vector);
            if (count != seen[vector]) {
                seen[vector] = count;
                sink.interrupt(vector);
            }
        }
        return true;
    }

    private int count(int vector) {
        return memory.loadAcquire32(IdleFirmware.COUNTERS + (long) processorVector(vector) * Integer.BYTES);
    }
}
