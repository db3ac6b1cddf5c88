package org.iommu4j.hwsim.vtd;

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
 * out, word by word; there is no encoder. The root table lies at {@link #ROOT}, the queue at {@link #QUEUE}.
 */
final class VtdBench implements AutoCloseable {
    /** ND 64K domains, SAGAW 3 and 4 levels, MGAW 48, FRO 0x220, one record, 2M and 1G, PSI, MAMV 18, DWD, DRD. */
    static final long CAP = 0x00d2_008c_222f_0606L;
    /** C, QI, PT, IRO 0xf0. */
    static final long ECAP = 0x0000_0000_00f0_0f43L;
    /** The same with SMTS, SSTS, SRS, PASID, SMPWCS. */
    static final long ECAP_SCALABLE = 0x0001_4900_80f0_0f43L;

    static final long ROOT = 0x10_0000;
    static final long CONTEXTS = 0x10_1000;
    static final long DIRECTORY = 0x10_2000;
    static final long PASIDS = 0x10_3000;
    static final long QUEUE = 0x11_0000;
    static final long STATUS = 0x11_8000;
    /** 00:02.0. */
    static final int RID = 0x10;

    static final int GCMD = 0x18;
    static final int GSTS = 0x1c;
    static final int RTADDR = 0x20;
    static final int FSTS = 0x34;
    static final int FECTL = 0x38;
    static final int IQH = 0x80;
    static final int IQT = 0x88;
    static final int IQA = 0x90;
    static final int TE = 1 << 31;
    static final int SRTP = 1 << 30;
    static final int QIE = 1 << 26;

    final PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, 1L << 30)));
    final List<Long> messages = Collections.synchronizedList(new ArrayList<>());
    final FlushedView flushed = new FlushedView(memory);
    final VtdCapabilities caps;
    final Board board;
    final VtdModel model;
    final RegisterSpace registers;
    final Requester requester;
    private final int descriptor;
    private int state;
    private long tail;

    VtdBench(long cap, long ecap, VtdCaches caches, long seed) {
        caps = new VtdCapabilities(0x10, cap, ecap, 46);
        board = new Board(memory, flushed, 46, seed, (address, data) -> messages.add(address << 32 | data));
        model = new VtdModel("dmar0", caps, caches, board);
        registers = model.registers();
        requester = model.requester();
        descriptor = (ecap >>> 43 & 1) != 0 ? 32 : 16;
    }

    static VtdBench legacy() {
        return new VtdBench(CAP, ECAP, VtdCaches.DEFAULT, 1);
    }

    static VtdBench scalable() {
        return new VtdBench(CAP, ECAP_SCALABLE, VtdCaches.DEFAULT, 1);
    }

    /** Root entry of bus 0 and, for {@link #RID}, a legacy context entry; translation and queue on. */
    VtdBench startLegacy(long word0, long word1) {
        memory.store64(ROOT, CONTEXTS | 1);
        memory.store128(CONTEXTS + 16 * RID, word0, word1);
        return start(ROOT);
    }

    /** Root, context and directory for {@link #RID}, PDTS 0, and the entry of PASID 0; translation and queue on. */
    VtdBench startScalable(long word0, long word1) {
        memory.store64(ROOT, CONTEXTS | 1);
        memory.store128(CONTEXTS + 32 * RID, DIRECTORY | 1, 0);
        memory.store64(DIRECTORY, PASIDS | 1);
        memory.store128(PASIDS, word0, word1);
        return start(ROOT | 1 << 10);
    }

    VtdBench start(long rootRegister) {
        registers.write64(RTADDR, rootRegister);
        command(SRTP, 0);
        registers.write64(IQA, QUEUE | (descriptor == 32 ? 1 << 11 | 1 : 0));
        command(QIE, 0);
        command(TE, 0);
        return this;
    }

    /** A GCMD write that keeps what is on. */
    void command(int set, int clear) {
        state = state & ~clear | set & (TE | QIE);
        registers.write32(GCMD, state | set);
    }

    /** Appends descriptors of two words each and rings the tail. */
    void submit(long... words) {
        for (int i = 0; i < words.length; i += 2) {
            memory.store64(QUEUE + tail, words[i]);
            memory.store64(QUEUE + tail + 8, words[i + 1]);
            if (descriptor == 32) {
                memory.store64(QUEUE + tail + 16, 0);
                memory.store64(QUEUE + tail + 24, 0);
            }
            tail = tail + descriptor & (descriptor == 32 ? 0x1fff : 0xfff);
        }
        registers.write64(IQT, tail);
    }

    /** A four-level table at 0x20_0000 with one leaf of 4 KiB, both permissions above it. */
    void map(long iova, long leaf) {
        long table = 0x20_0000;
        for (int level = 4; level > 1; level--) {
            long slot = table + (iova >>> 12 + 9 * (level - 1) & 0x1ff) * 8;
            if (memory.load64(slot) == 0) {
                memory.store64(slot, nextTable() | 3);
            }
            table = memory.load64(slot) & -0x1000L;
        }
        memory.store64(table + (iova >>> 12 & 0x1ff) * 8, leaf);
    }

    private long tables = 0x20_1000;

    private long nextTable() {
        tables += 0x1000;
        return tables - 0x1000;
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

    /** FR of the only record, which is cleared; 0 if there is none. */
    int fault() {
        long high = registers.read64(0x228);
        registers.write64(0x228, high);
        return high < 0 ? (int) (high >>> 32) & 0xff : 0;
    }

    /** FR after a refused read. */
    int faultOfRead(long iova) {
        return read(iova) == Requester.ABORT ? fault() : -1;
    }

    long counter(String name) {
        Map<String, Long> counters = new TreeMap<>();
        model.counters(counters);
        return counters.get("dmar0." + name);
    }

    @Override
    public void close() {
        model.powerOff();
        flushed.close();
        memory.close();
    }
}
