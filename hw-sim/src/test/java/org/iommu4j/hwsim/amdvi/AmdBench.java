package org.iommu4j.hwsim.amdvi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.Protection;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.machine.Board;
import org.iommu4j.hwsim.machine.FlushedView;
import org.iommu4j.hwsim.machine.Requester;

/**
 * A unit on a bench: 1 GiB of memory, a model, and one requester. Tables are written as the specification lays them
 * out, word by word; there is no encoder. The unit has no PCI function, so no interrupts.
 */
final class AmdBench implements AutoCloseable {
    /** Secure device, IOMMU, revision 1, EFRSup, CapExt. */
    static final int HEADER = 0x180b_000f;
    static final int NP_CACHE = 1 << 26;
    /** NXSup, GTSup, IASup, HATS 6 levels, GATS 5 levels, GLXSup 3 levels, PASmax 16 bits, GIoSup, HASup, HDSup. */
    static final long EFR = 0x0013_000f_0000_9858L;
    static final long HE_SUP = 1 << 8;

    static final int DEVICE_TABLE_BASE = 0x00;
    static final int COMMAND_BASE = 0x08;
    static final int EVENT_BASE = 0x10;
    static final int CONTROL = 0x18;
    static final int COMMAND_HEAD = 0x2000;
    static final int COMMAND_TAIL = 0x2008;
    static final int EVENT_HEAD = 0x2010;
    static final int EVENT_TAIL = 0x2018;
    static final int STATUS = 0x2020;
    /** IommuEn, EventLogEn, Coherent, CmdBufEn, GTEn. */
    static final long ON = 0x1_1405L;

    static final long DEVICE_TABLE = 0x10_0000;
    static final long COMMANDS = 0x12_0000;
    static final long EVENTS = 0x12_2000;
    static final long STORE = 0x12_8000;
    static final long ROOT = 0x20_0000;
    /** 00:02.0. */
    static final int RID = 0x10;

    static final long WAIT = 0x1000_0000_0000_0001L | STORE;
    static final long DEVICE = 0x2000_0000_0000_0000L;
    static final long PAGES = 0x3000_0000_0000_0000L;
    static final long ALL = 0x8000_0000_0000_0000L;
    static final long EVERYTHING = 0x7fff_ffff_ffff_f000L;

    final PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, 1L << 30)));
    final List<Long> messages = Collections.synchronizedList(new ArrayList<>());
    final FlushedView flushed = new FlushedView(memory);
    final Board board;
    final AmdModel model;
    final RegisterSpace registers;
    final Requester requester;
    private long tail;
    private long tables = 0x30_0000;
    private long head;

    AmdBench(int header, long efr, AmdCaches caches, long seed) {
        board = new Board(memory, flushed, 46, seed, (address, data) -> messages.add(address << 32 | data));
        model = new AmdModel("amdvi0", new AmdCapabilities(header, efr, 0, 46), caches, 0xfeb8_0000L, board);
        registers = model.registers();
        requester = model.requester();
    }

    AmdBench() {
        this(HEADER, EFR, AmdCaches.DEFAULT, 1);
    }

    /** Device table of 256 devices, 256 commands and 256 events; everything on. */
    AmdBench start() {
        registers.write64(DEVICE_TABLE_BASE, DEVICE_TABLE | 1);
        registers.write64(COMMAND_BASE, COMMANDS | 8L << 56);
        registers.write64(EVENT_BASE, EVENTS | 8L << 56);
        registers.write64(CONTROL, ON);
        return this;
    }

    /** A started bench with host tables of four levels at {@link #ROOT}, domain 5. */
    static AmdBench host() {
        return new AmdBench().host(0x6000_0000_0020_0803L).start();
    }

    AmdBench host(long word0) {
        return entry(RID, word0, 5, 0);
    }

    AmdBench entry(int rid, long word0, long word1, long word2) {
        long at = DEVICE_TABLE + 32L * rid;
        memory.store128(at + 16, word2, 0);
        memory.store128(at, word0, word1);
        return this;
    }

    /** A leaf of 4 KiB in four levels at {@link #ROOT}; the tables above it are made, with IR and IW. */
    void map(long iova, long leaf) {
        put(ROOT, 4, 1, iova, leaf);
    }

    /** An entry at a level, below a table of another level. */
    void put(long root, int from, int to, long iova, long entry) {
        long table = root;
        for (int level = from; level > to; level--) {
            long slot = table + (iova >>> 12 + 9 * (level - 1) & 0x1ff) * 8;
            if (memory.load64(slot) == 0) {
                memory.store64(slot, 0x6000_0000_0000_0001L | table() | (long) (level - 1) << 9);
            }
            table = memory.load64(slot) & 0x000f_ffff_ffff_f000L;
        }
        memory.store64(table + (iova >>> 12 + 9 * (to - 1) & 0x1ff) * 8, entry);
    }

    /** An empty table. */
    long table() {
        tables += 0x1000;
        return tables - 0x1000;
    }

    /** Appends commands of two words each and rings the tail. */
    void submit(long... words) {
        for (int i = 0; i < words.length; i += 2) {
            memory.store64(COMMANDS + tail, words[i]);
            memory.store64(COMMANDS + tail + 8, words[i + 1]);
            tail = tail + 16 & 0xfff;
        }
        registers.write64(COMMAND_TAIL, tail);
    }

    long read(long iova) {
        return translate(RID, Requester.NO_PASID, iova, Protection.READ);
    }

    long write(long iova) {
        return translate(RID, Requester.NO_PASID, iova, Protection.WRITE);
    }

    long translate(int rid, int pasid, long iova, int access) {
        requester.enter();
        try {
            return requester.translate(rid, pasid, iova, access);
        } finally {
            requester.exit();
        }
    }

    /** The next event's words, which software then has seen; both 0 if there is none. */
    long[] event() {
        if (registers.read64(EVENT_TAIL) == head) {
            return new long[2];
        }
        long[] words = {memory.load64(EVENTS + head), memory.load64(EVENTS + head + 8)};
        head = head + 16 & 0xfff;
        registers.write64(EVENT_HEAD, head);
        return words;
    }

    /** Word 0 of the event that a refused request has left; -1 if it was not refused. */
    long fault(long pa) {
        return pa == Requester.ABORT ? event()[0] : -1;
    }

    long counter(String name) {
        Map<String, Long> counters = new TreeMap<>();
        model.counters(counters);
        return counters.get("amdvi0." + name);
    }

    @Override
    public void close() {
        model.powerOff();
        flushed.close();
        memory.close();
    }
}
