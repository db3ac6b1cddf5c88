package org.iommu4j.core.fault;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.iommu4j.api.fault.DmaFault;

/**
 * The newest faults of a machine, in preallocated arrays. Any number of writers and readers.
 *
 * <p><b>Guarantees.</b> (1) {@link #add} is wait-free and allocates nothing. (2) A reader sees whole faults only. (3)
 * A fault that meets a writer a full turn behind it in the same place is not kept.
 */
public final class FaultRing {
    /** How many are kept. */
    public static final int KEPT = 1024;

    /**
     * Words of a place.
     * <pre>
     *   word 0: time    word 1: IOVA    word 2: PASID, 63-32 | id, 31-0    word 3: access, 63-32 | code, 31-0
     * </pre>
     */
    private static final int WORDS = 4;
    private static final long WRITING = -1;

    private final AtomicLong next = new AtomicLong(1);
    /** By place: the number of the fault in it, 0 if none, {@link #WRITING} while it is being written. */
    private final AtomicLongArray numbers = new AtomicLongArray(KEPT);
    private final long[] words = new long[KEPT * WORDS];
    private final UnitFaults[] units = new UnitFaults[KEPT];
    private final String[] texts = new String[KEPT];

    void add(UnitFaults unit, int id, int pasid, long iova, int access, int code, String text) {
        long number = next.getAndIncrement();
        int place = (int) (number % KEPT);
        long former = numbers.get(place);
        if (former == WRITING || former > number || !numbers.compareAndSet(place, former, WRITING)) {
            return;
        }
        int at = place * WORDS;
        words[at] = System.nanoTime();
        words[at + 1] = iova;
        words[at + 2] = pair(pasid, id);
        words[at + 3] = pair(access, code);
        units[place] = unit;
        texts[place] = text;
        numbers.setRelease(place, number);
    }

    /** Oldest first. */
    public List<DmaFault> newest() {
        List<DmaFault> faults = new ArrayList<>();
        long end = next.get();
        for (long number = Math.max(1, end - KEPT); number < end; number++) {
            int place = (int) (number % KEPT);
            if (numbers.getAcquire(place) == number) {
                DmaFault fault = read(place);
                VarHandle.acquireFence();
                if (numbers.get(place) == number) {
                    faults.add(fault);
                }
            }
        }
        return faults;
    }

    private DmaFault read(int place) {
        int at = place * WORDS;
        long ids = words[at + 2];
        long rest = words[at + 3];
        UnitFaults unit = units[place];
        return new DmaFault(words[at], unit.unit(), unit.source(low(ids)), high(ids), words[at + 1],
                high(rest), low(rest), texts[place]);
    }

    private static long pair(int high, int low) {
        return (long) high << Integer.SIZE | Integer.toUnsignedLong(low);
    }

    private static int high(long pair) {
        return (int) (pair >> Integer.SIZE);
    }

    private static int low(long pair) {
        return (int) pair;
    }
}
