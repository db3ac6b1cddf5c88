package org.iommu4j.smmuv3.fake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * A register file that does what a write asks for before the write returns, and logs writes and commands. Offsets and
 * bits are typed from chapters 4 and 6 of the specification.
 */
public final class FakeRegisters implements RegisterSpace {
    public static final int CR0 = 0x20;
    public static final int CR0ACK = 0x24;
    public static final int GBPA = 0x44;
    public static final int GERROR = 0x60;
    public static final int GERRORN = 0x64;
    public static final int STRTAB_BASE = 0x80;
    public static final int CMDQ_BASE = 0x90;
    public static final int CMDQ_PROD = 0x98;
    public static final int CMDQ_CONS = 0x9c;
    public static final int EVENTQ_BASE = 0xa0;
    public static final int EVENTQ_PROD = 0x100a8;
    public static final int EVENTQ_CONS = 0x100ac;

    private static final Map<Integer, String> NAMES = Map.ofEntries(Map.entry(CR0, "CR0"), Map.entry(0x28, "CR1"),
            Map.entry(0x2c, "CR2"), Map.entry(GBPA, "GBPA"), Map.entry(0x50, "IRQ_CTRL"),
            Map.entry(GERRORN, "GERRORN"), Map.entry(STRTAB_BASE, "STRTAB_BASE"), Map.entry(0x88, "STRTAB_BASE_CFG"),
            Map.entry(CMDQ_BASE, "CMDQ_BASE"), Map.entry(EVENTQ_BASE, "EVENTQ_BASE"),
            Map.entry(0x68, "GERROR_IRQ_CFG0"), Map.entry(0xb0, "EVENTQ_IRQ_CFG0"));

    private final PhysicalMemory memory;
    private final Map<Integer, Long> values = new HashMap<>();
    /** {@code NAME=value} of the registers above, and {@code Q low high} of commands but CMD_SYNC. */
    public final List<String> log = new ArrayList<>();
    /** A command with this lower word is refused with CERROR_ILL; 0 for none. */
    public long illegal;
    /** So many syncs stand with CERROR_ATC_INV_SYNC first. */
    public int timeouts;
    /** How many syncs were consumed. */
    public int syncs;
    /** Runs at each command but CMD_SYNC. */
    public Runnable onCommand = () -> { };
    /** True: commands are not consumed. */
    public boolean stalled;
    /** True: CR0ACK never changes. */
    public boolean dead;
    /** Length of the register file. */
    public long length = 0x20000;

    public FakeRegisters(PhysicalMemory memory, int idr0, int idr1, int idr3, int idr5) {
        this.memory = memory;
        put(0x00, idr0);
        put(0x04, idr1);
        put(0x0c, idr3);
        put(0x14, idr5);
        put(0x1c, 1);
    }

    public synchronized void put(int offset, long value) {
        values.put(offset, value);
    }

    public synchronized long get(int offset) {
        return values.getOrDefault(offset, 0L);
    }

    /** What was logged since the last call. */
    public synchronized List<String> takeLog() {
        List<String> taken = List.copyOf(log);
        log.clear();
        return taken;
    }

    @Override
    public long length() {
        return length;
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
    public void write32(long offset, int value) {
        write((int) offset, Integer.toUnsignedLong(value));
    }

    @Override
    public void write64(long offset, long value) {
        write((int) offset, value);
    }

    private synchronized void write(int at, long value) {
        if (NAMES.containsKey(at)) {
            log.add(NAMES.get(at) + "=" + Long.toHexString(value));
        }
        put(at, at == GBPA ? value & ~(1L << 31) : value);
        if (at == CR0 && !dead) {
            put(CR0ACK, value);
        } else if (at == 0x50) {
            put(0x54, value);
        } else if (at == GERRORN && get(GERROR) == value) {
            put(CMDQ_CONS, get(CMDQ_CONS) & 0xfffff);
        }
        runQueue();
    }

    @Override
    public void store64Bytes(long offset, long[] words) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean enqueue64Bytes(long offset, long[] words) {
        throw new UnsupportedOperationException();
    }

    /** Consumes commands while CR0.CMDQEN is 1 and GERROR.CMDQ_ERR is not active. */
    public synchronized void runQueue() {
        int lg2 = (int) get(CMDQ_BASE) & 31;
        long turn = (2L << lg2) - 1;
        while (!stalled && (get(CR0) & 8) != 0 && ((get(GERROR) ^ get(GERRORN)) & 1) == 0
                && (get(CMDQ_CONS) & turn) != (get(CMDQ_PROD) & turn)) {
            long pa = (get(CMDQ_BASE) & 0xfffffffffffe0L) + (get(CMDQ_CONS) & turn >> 1) * 16;
            long low = memory.load64(pa);
            long high = memory.load64(pa + 8);
            boolean sync = (low & 0xff) == 0x46;
            if (low == illegal || sync && timeouts > 0) {
                timeouts -= sync ? 1 : 0;
                put(CMDQ_CONS, get(CMDQ_CONS) | (sync ? 3L : 1L) << 24);
                put(GERROR, get(GERROR) ^ 1);
                return;
            }
            run(low, high, sync);
            put(CMDQ_CONS, get(CMDQ_CONS) + 1 & turn);
        }
    }

    private void run(long low, long high, boolean sync) {
        if (!sync) {
            onCommand.run();
            log.add("Q " + Long.toHexString(low) + " " + Long.toHexString(high));
            return;
        }
        syncs++;
        if ((low >>> 12 & 3) == 1) {
            memory.storeRelease32(high & -4, (int) (low >>> 32));
        }
    }

    /** Writes an event record where hardware would, in a queue of 2^lg2 records. */
    public synchronized void event(long word0, long word1, long word2) {
        int lg2 = (int) get(EVENTQ_BASE) & 31;
        long pa = (get(EVENTQ_BASE) & 0xfffffffffffe0L) + (get(EVENTQ_PROD) & (1L << lg2) - 1) * 32;
        memory.store64(pa, word0);
        memory.store64(pa + 8, word1);
        memory.store64(pa + 16, word2);
        put(EVENTQ_PROD, get(EVENTQ_PROD) & 1L << 31 | get(EVENTQ_PROD) + 1 & (2L << lg2) - 1);
    }
}
