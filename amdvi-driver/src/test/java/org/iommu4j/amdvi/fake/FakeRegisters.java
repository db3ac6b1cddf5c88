package org.iommu4j.amdvi.fake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * A register file that does what a write asks for before the write returns, and logs every write and command. Offsets
 * and bits are typed from section 3.4 of the specification, commands from section 2.4.
 */
public final class FakeRegisters implements RegisterSpace {
    public static final int DEVTAB = 0x0000;
    public static final int CMDBUF = 0x0008;
    public static final int EVTLOG = 0x0010;
    public static final int CONTROL = 0x0018;
    public static final int EFR = 0x0030;
    public static final int CMD_HEAD = 0x2000;
    public static final int CMD_TAIL = 0x2008;
    public static final int EVT_HEAD = 0x2010;
    public static final int EVT_TAIL = 0x2018;
    public static final int STATUS = 0x2020;

    private static final Map<Integer, String> NAMES = Map.of(DEVTAB, "DEVTAB", CMDBUF, "CMDBUF", EVTLOG, "EVTLOG",
            CONTROL, "CONTROL", STATUS, "STATUS", CMD_HEAD, "CMD_HEAD", CMD_TAIL, "CMD_TAIL", EVT_HEAD, "EVT_HEAD",
            EVT_TAIL, "EVT_TAIL");

    private final PhysicalMemory memory;
    private final Map<Integer, Long> values = new HashMap<>();
    /** {@code NAME=value} and {@code Q low high}; the tail is left out once commands run, and so are waits. */
    public final List<String> log = new ArrayList<>();
    /** A command with this lower word is refused; 0 for none. */
    public long illegal;
    /** True: the command buffer does nothing. */
    public boolean stalled;
    /** Runs at each command but waits, with its text. */
    public Consumer<String> onCommand = text -> { };

    public FakeRegisters(PhysicalMemory memory, long efr) {
        this.memory = memory;
        put(EFR, efr);
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
        return 0x4000;
    }

    @Override
    public int read32(long offset) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void write32(long offset, int value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read64(long offset) {
        return get((int) offset);
    }

    @Override
    public synchronized void write64(long offset, long value) {
        int at = (int) offset;
        if (at == STATUS) {
            put(STATUS, get(STATUS) & ~(value & 7));
            return;
        }
        boolean quiet = (at == CMD_TAIL || at == EVT_HEAD) && (get(CONTROL) & 1) != 0;
        if (!quiet) {
            log.add(NAMES.getOrDefault(at, Integer.toHexString(at)) + "=" + Long.toHexString(value));
        }
        put(at, value);
        if (at == CONTROL) {
            run(1 << 12, 1 << 4, value);
            run(1 << 2, 1 << 3, value);
        }
        if (at == CMD_TAIL || at == CONTROL) {
            runCommands();
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

    private void run(int enable, int running, long control) {
        put(STATUS, (control & enable) != 0 ? get(STATUS) | running : get(STATUS) & ~(long) running);
    }

    public synchronized void runCommands() {
        while (!stalled && (get(CONTROL) & 1) != 0 && (get(STATUS) & 1 << 4) != 0 && get(CMD_HEAD) != get(CMD_TAIL)) {
            long pa = (get(CMDBUF) & 0xffffffffff000L) + get(CMD_HEAD);
            long low = memory.load64(pa);
            if (illegal != 0 && low == illegal) {
                put(STATUS, get(STATUS) & ~(1L << 4));
                event(5L << 60, pa);
                return;
            }
            execute(low, memory.load64(pa + 8));
            put(CMD_HEAD, (get(CMD_HEAD) + 16) % 0x2000);
        }
    }

    private void execute(long low, long high) {
        if (low >>> 60 != 1) {
            String text = "Q " + Long.toHexString(low) + " " + Long.toHexString(high);
            log.add(text);
            onCommand.accept(text);
        } else if ((low & 1) != 0) {
            memory.storeRelease64(low & 0xffffffffffff8L, high);
        }
    }

    /** Logs an event as hardware does; sets EventOverflow and stops if the log is full. */
    public synchronized void event(long low, long high) {
        long next = (get(EVT_TAIL) + 16) % 0x2000;
        if (next == get(EVT_HEAD)) {
            put(STATUS, get(STATUS) & ~(1L << 3) | 1);
            return;
        }
        if ((get(STATUS) & 1 << 3) == 0) {
            return;
        }
        long pa = (get(EVTLOG) & 0xffffffffff000L) + get(EVT_TAIL);
        memory.store64(pa + 8, high);
        memory.storeRelease64(pa, low);
        put(EVT_TAIL, next);
        put(STATUS, get(STATUS) | 2);
    }
}
