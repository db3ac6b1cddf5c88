package org.iommu4j.hwsim.smmuv3;

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
 * out, word by word; there is no encoder. Messages to {@link #DOORBELL} are answered, others beside memory are not.
 */
final class SmmuBench implements AutoCloseable {
    /** Both stages, HTTU 2, Hyp, ASID16, MSI, SEV, VMID16, CD2L, stalls, two-level tables. */
    static final int IDR0 = 0x0c4c_729b;
    /** 16 bits of StreamID, 16 of SubstreamID, queues of up to 2^15, attribute overrides. */
    static final int IDR1 = 0x0def_0410;
    /** HAD, XNX, RIL, BBML 2. */
    static final int IDR3 = 0x1414;
    /** 44 bits, all granules, 4 stalls. */
    static final int IDR5 = 0x4_0074;

    static final long STREAMS = 0x10_0000;
    static final long COMMANDS = 0x11_0000;
    static final long EVENTS = 0x11_8000;
    static final long CONTEXTS = 0x12_0000;
    static final long ROOT = 0x20_0000;
    static final long STAGE_2 = 0x30_0000;
    static final long DOORBELL = 0x5000_0040L;
    static final int SID = 0x10;
    static final int EVENTS_LG2 = 3;
    static final int COMMANDS_LG2 = 8;

    /** V, Config 5 (stage 1), one descriptor at {@link #CONTEXTS}. */
    static final long STE_FIRST = CONTEXTS | 0xb;
    /** V, Config 6. */
    static final long STE_SECOND = 0xd;
    /** V, Config 7. */
    static final long STE_NESTED = CONTEXTS | 0xf;
    /** ASID 1, A, R, AA64, IPS 4, V, EPD1, 4 KiB, T0SZ 16. */
    static final long CD = 0x0001_6204_c000_0010L;
    /** VMID 5, S2R, S2AA64, S2PS 4, 4 KiB, S2SL0 1 (level 1), S2T0SZ 25 (39 bits). */
    static final long STE_2 = 0x040c_0059_0000_0005L;
    /** A page or block: AF, nG, AP 01, valid. */
    static final long PAGE = 0xc43;
    static final long BLOCK = 0xc41;
    /** Second stage: AF, S2AP 11, valid. */
    static final long S2_PAGE = 0x4c3;
    static final long S2_BLOCK = 0x4c1;

    final PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, 1L << 30)));
    final List<Long> messages = Collections.synchronizedList(new ArrayList<>());
    final FlushedView flushed = new FlushedView(memory);
    final Board board;
    final SmmuModel model;
    final RegisterSpace registers;
    final Requester requester;
    private int producer;
    private long tables = 0x40_0000;

    SmmuBench(SmmuIds ids, CacheSizes caches, long seed) {
        board = new Board(memory, flushed, 44, seed, (address, data) -> {
            messages.add(address << 32 | Integer.toUnsignedLong(data));
            return address == DOORBELL;
        });
        model = new SmmuModel("smmu0", ids, caches, 0, board);
        registers = model.registers();
        requester = model.requester();
    }

    static SmmuIds ids() {
        return new SmmuIds(IDR0, IDR1, IDR3, IDR5, 0, 2, 44);
    }

    SmmuBench() {
        this(ids(), CacheSizes.DEFAULT, 1);
    }

    /** A stream table of 256 entries, all zero, and both queues; everything on; bad StreamIDs are recorded. */
    SmmuBench start() {
        registers.write32(0x2c, 1 << 1);
        registers.write64(0x80, STREAMS);
        registers.write32(0x88, 8);
        registers.write64(0x90, COMMANDS | COMMANDS_LG2);
        registers.write64(0xa0, EVENTS | EVENTS_LG2);
        registers.write32(0x20, 0xd);
        return this;
    }

    /** Started, with a first stage for {@link #SID}. */
    SmmuBench first() {
        stream(SID, STE_FIRST, 0, 0, 0);
        context(0, CD, ROOT);
        return start();
    }

    /** Started, with a second stage. */
    SmmuBench second() {
        stream(SID, STE_SECOND, 0, STE_2, STAGE_2);
        return start();
    }

    /** Started, with both; memory below 256 MiB has the IPAs that it has addresses. */
    SmmuBench nested() {
        stream(SID, STE_NESTED, 0, STE_2, STAGE_2);
        context(0, CD, ROOT);
        for (long at = 0; at < 1 << 28; at += 1 << 21) {
            mapSecond(at, 2, at | S2_BLOCK);
        }
        return start();
    }

    void stream(int sid, long... words) {
        for (int i = 0; i < words.length; i++) {
            memory.store64(STREAMS + 64L * sid + 8L * i, words[i]);
        }
    }

    void context(int ssid, long word0, long table) {
        memory.store64(CONTEXTS + 64L * ssid, word0);
        memory.store64(CONTEXTS + 64L * ssid + 8, table);
    }

    /** A descriptor of the 4 KiB first stage at {@link #ROOT}, 48 bits. @return its address */
    long map(long va, int level, long descriptor) {
        return map(ROOT, 0, va, level, descriptor);
    }

    long map(long va, long descriptor) {
        return map(va, 3, descriptor);
    }

    /** The same for the second stage at {@link #STAGE_2}, which starts at level 1. */
    long mapSecond(long ipa, int level, long descriptor) {
        return map(STAGE_2, 1, ipa, level, descriptor);
    }

    long map(long root, int start, long address, int level, long descriptor) {
        long table = root;
        for (int at = start; at < level; at++) {
            long slot = table + (address >>> 39 - 9 * at & 0x1ff) * 8;
            if (memory.load64(slot) == 0) {
                memory.store64(slot, tables | 3);
                tables += 0x1000;
            }
            table = memory.load64(slot) & 0xffff_ffff_f000L;
        }
        long slot = table + (address >>> 39 - 9 * level & 0x1ff) * 8;
        memory.storeRelease64(slot, descriptor);
        return slot;
    }

    /** Appends commands of two words each and moves PROD. */
    void submit(long... words) {
        for (int i = 0; i < words.length; i += 2) {
            long at = COMMANDS + 16L * (producer & (1 << COMMANDS_LG2) - 1);
            memory.store64(at, words[i]);
            memory.storeRelease64(at + 8, words[i + 1]);
            producer = producer + 1 & (2 << COMMANDS_LG2) - 1;
        }
        registers.write32(0x98, producer);
    }

    /** CMD_SYNC without signal. */
    void sync(long... words) {
        submit(words);
        submit(0x46, 0);
    }

    /** True if all commands were consumed without error. */
    boolean idle() {
        return registers.read32(0x9c) << 12 == producer << 12 && registers.read32(0x60) == registers.read32(0x64);
    }

    long read(long iova) {
        return translate(SID, Requester.NO_PASID, iova, Protection.READ);
    }

    long write(long iova) {
        return translate(SID, Requester.NO_PASID, iova, Protection.WRITE);
    }

    long translate(int sid, int pasid, long iova, int access) {
        requester.enter();
        try {
            return requester.translate(sid, pasid, iova, access);
        } finally {
            requester.exit();
        }
    }

    /** The next event, which is consumed, or null. */
    long[] event() {
        int write = registers.read32(0x100a8);
        int read = registers.read32(0x100ac);
        if ((write ^ read) << 31 - EVENTS_LG2 == 0) {
            return null;
        }
        long at = EVENTS + 32L * (read & (1 << EVENTS_LG2) - 1);
        long[] words = new long[4];
        for (int i = 0; i < words.length; i++) {
            words[i] = memory.loadAcquire64(at + 8L * i);
        }
        registers.write32(0x100ac, read + 1 & (2 << EVENTS_LG2) - 1 | write & 1 << 31);
        return words;
    }

    /** Type of the next event; 0 if there is none. */
    int fault() {
        long[] event = event();
        return event == null ? 0 : (int) event[0] & 0xff;
    }

    /** Type of the event of a refused read; -1 if it was not refused. */
    int faultOfRead(long iova) {
        return read(iova) == Requester.ABORT ? fault() : -1;
    }

    long counter(String name) {
        Map<String, Long> counters = new TreeMap<>();
        model.counters(counters);
        return counters.get("smmu0." + name);
    }

    @Override
    public void close() {
        model.release();
        model.powerOff();
        flushed.close();
        memory.close();
    }
}
