package org.iommu4j.vtd.fake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/** A unit's ports; faults become text. */
public final class FakeUnit implements Unit, FaultSink {
    /** ND 6, CM 0, SAGAW 3 and 4 levels, MGAW 48, FRO 0x220, SLLPS 2M and 1G, PSI, NFR 1, MAMV 18, DWD, DRD. */
    public static final long CAP = 0xd2008c222f0606L;
    /** QI, PT, IRO. */
    public static final long ECAP_LEGACY = 0xf00f42L;
    /** The same with SMTS and SSTS (bits 43, 46). */
    public static final long ECAP_SCALABLE = ECAP_LEGACY | 1L << 43 | 1L << 46;
    /** The same with SSADS, FSTS and SMPWCS (bits 45, 47, 48). */
    public static final long ECAP_BOTH = ECAP_SCALABLE | 1L << 45 | 1L << 47 | 1L << 48;

    public final FakeBoard board;
    public final FakeRegisters registers;
    public final List<String> faults = new ArrayList<>();
    public final Map<String, Runnable> handlers = new HashMap<>();
    public PageAllocator frames;
    private final UnitDescription description;

    public FakeUnit(FakeBoard board, String name, long cap, long ecap) {
        this.board = board;
        this.registers = new FakeRegisters(board.memory, cap, ecap);
        this.frames = board.frames;
        this.description = new UnitDescription(name, 0xfed90000L + (name.charAt(4) - '0') * 0x1000L, List.of());
    }

    @Override
    public UnitDescription description() {
        return description;
    }

    @Override
    public Machine machine() {
        return board;
    }

    @Override
    public RegisterSpace registers() {
        return registers;
    }

    @Override
    public PhysicalMemory memory() {
        return board.memory;
    }

    @Override
    public PageAllocator frames() {
        return frames;
    }

    @Override
    public FaultSink faults() {
        return this;
    }

    @Override
    public MsiMessage interrupt(String name) {
        return new MsiMessage(0xFEE00000L, 0x20);
    }

    @Override
    public void onInterrupt(String name, Runnable handler) {
        handlers.put(name, handler);
    }

    @Override
    public void fault(int rid, int pasid, long iova, int access, int code, String text) {
        faults.add(String.format("%x pasid %d iova %x access %d: %d %s", rid, pasid, iova, access, code, text));
    }

    @Override
    public void overflow() {
        faults.add("overflow");
    }
}
