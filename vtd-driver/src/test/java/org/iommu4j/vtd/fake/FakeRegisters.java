package org.iommu4j.vtd.fake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * A register file that does what a write asks for before the write returns, and logs every write and descriptor.
 * Offsets and bits are typed from chapter 11 and section 6.5.2 of the specification.
 */
public final class FakeRegisters implements RegisterSpace {
    public static final int GSTS = 0x1c;
    public static final int RTADDR = 0x20;
    public static final int FSTS = 0x34;
    public static final int FECTL = 0x38;
    public static final int IQH = 0x80;
    public static final int IQT = 0x88;
    public static final int IQA = 0x90;
    public static final int CCMD = 0x28;
    /** IVA and IOTLB where IRO is 0xf. */
    public static final int IVA = 0xf0;
    public static final int IOTLB = 0xf8;
    public static final int IQE = 1 << 4;
    public static final int ITE = 1 << 6;

    private static final Map<Integer, String> NAMES = Map.ofEntries(Map.entry(0x18, "GCMD"),
            Map.entry(RTADDR, "RTADDR"), Map.entry(FSTS, "FSTS"), Map.entry(FECTL, "FECTL"), Map.entry(0x3c, "FEDATA"),
            Map.entry(0x40, "FEADDR"), Map.entry(0x44, "FEUADDR"), Map.entry(IQT, "IQT"), Map.entry(IQA, "IQA"),
            Map.entry(CCMD, "CCMD"), Map.entry(IVA, "IVA"), Map.entry(IOTLB, "IOTLB"));

    private final PhysicalMemory memory;
    private final Map<Integer, Long> values = new HashMap<>();
    /** {@code NAME=value} and {@code Q low high}; the ringing of IQT is left out once the queue is on. */
    public final List<String> log = new ArrayList<>();
    /** Status bits that never come. */
    public int deadStatus;
    /** A descriptor with this lower word is refused with IQE; 0 for none. */
    public long malformed;
    /** So many waits are dropped, each with ITE. */
    public int timeouts;
    /** Runs at each descriptor but waits. */
    public Runnable onDescriptor = () -> { };
    /** True: the queue does nothing. */
    public boolean stalled;

    public FakeRegisters(PhysicalMemory memory, long cap, long ecap) {
        this.memory = memory;
        put(0x00, 0x10);
        put(0x08, cap);
        put(0x10, ecap);
    }

    public void put(int offset, long value) {
        synchronized (this) {
            values.put(offset, value);
        }
    }

    public long get(int offset) {
        synchronized (this) {
            return values.getOrDefault(offset, 0L);
        }
    }

    /** What was logged since the last call. */
    public synchronized List<String> takeLog() {
        List<String> taken = List.copyOf(log);
        log.clear();
        return taken;
    }

    @Override
    public long length() {
        return 0x1000;
    }

    @Override
    public int read32(long offset) {
        return (int) get((int) offset);
    }

    @Override
    public long read64(long offset) {
        return get((int) offset);
    }

    @Override
    public synchronized void write32(long offset, int value) {
        int at = (int) offset;
        if (at == 0x18) {
            note(at, Integer.toUnsignedLong(value));
            put(GSTS, Integer.toUnsignedLong(status(value) & ~deadStatus));
        } else if (at == FSTS) {
            put(FSTS, get(FSTS) & ~Integer.toUnsignedLong(value));
            runQueue();
        } else {
            note(at, Integer.toUnsignedLong(value));
            put(at, Integer.toUnsignedLong(value));
        }
    }

    @Override
    public synchronized void write64(long offset, long value) {
        int at = (int) offset;
        if (at >= 0x220) {
            put(at, get(at) & ~(value & 1L << 63));
            put(FSTS, get(FSTS) & ~2L);
            return;
        }
        if (at == CCMD || at == IOTLB) {
            note(at, value);
            invalidate(at, value);
            return;
        }
        if (at != IQT || (get(GSTS) & 1 << 26) == 0) {
            note(at, value);
        }
        put(at, value);
        if (at == IQT) {
            runQueue();
        }
    }

    @Override
    public void store64Bytes(long offset, long[] words) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean enqueue64Bytes(long offset, long[] words) {
        throw new UnsupportedOperationException();
    }

    /** SRTP (bit 30) is done at once and stays shown; TE, QIE (31, 26) follow the command; QIE=0 resets IQH. */
    private int status(int command) {
        int shown = (int) get(GSTS) & 1 << 30 | command & (1 << 31 | 1 << 30 | 1 << 26 | 1 << 25);
        if ((command & 1 << 26) == 0) {
            put(IQH, 0);
        }
        return shown;
    }

    /** 11.4.6: ICC and IVT are cleared; what was done (CAIG, IAIG) is what was asked for (CIRG, IIRG). */
    private void invalidate(int at, long value) {
        long done = stalled ? value : value & ~(1L << 63);
        put(at, done | (at == CCMD ? value >>> 61 & 3 : 0) << 59 | (at == IOTLB ? value >>> 60 & 3 : 0) << 57);
    }

    private void note(int at, long value) {
        log.add(NAMES.getOrDefault(at, Integer.toHexString(at)) + "=" + Long.toHexString(value));
    }

    public synchronized void runQueue() {
        boolean wide = (get(IQA) & 1 << 11) != 0;
        int size = wide ? 32 : 16;
        while (!stalled && get(IQH) != get(IQT) && (get(FSTS) & (IQE | ITE)) == 0) {
            long pa = (get(IQA) & -4096) + get(IQH);
            long low = memory.load64(pa);
            long high = memory.load64(pa + 8);
            if (low == malformed) {
                put(FSTS, get(FSTS) | IQE);
                return;
            }
            put(IQH, (get(IQH) + size) % (256 * size));
            run(low, high);
        }
    }

    private void run(long low, long high) {
        if ((low & 15) != 5) {
            onDescriptor.run();
            log.add("Q " + Long.toHexString(low) + " " + Long.toHexString(high));
        } else if (timeouts > 0) {
            timeouts--;
            put(FSTS, get(FSTS) | ITE);
        } else {
            memory.storeRelease32(high, (int) (low >>> 32));
        }
    }
}
