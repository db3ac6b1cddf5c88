package org.iommu4j.smmuv3.fake;

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
    /** S2P, S1P, TTF AArch64, COHACC, ASID16, VMID16, CD2L, little endian, no stall, two-level stream table. */
    public static final int IDR0 = 0x0d4c101b;
    /** StreamIDs of 16 bits, no substreams, 2^19 commands and events. */
    public static final int IDR1 = 0x02730010;
    /** RIL. */
    public static final int IDR3 = 0x1414;
    /** 44 bits, all granules. */
    public static final int IDR5 = 0x74;
    /** In IDR0: messages. */
    public static final int MSI = 1 << 13;
    /** In IDR0: the stages. */
    public static final int S1P = 2;
    public static final int S2P = 1;
    /** In IDR0: tables of two levels. */
    public static final int ST_LEVEL = 1 << 27;
    /** In IDR0: HTTU with dirty marks. */
    public static final int HTTU = 2 << 6;

    public final FakeBoard board;
    public final FakeRegisters registers;
    public final List<String> faults = new ArrayList<>();
    public final Map<String, Runnable> handlers = new HashMap<>();
    public final Map<String, Integer> wires = new HashMap<>();
    private final UnitDescription description;

    public FakeUnit(FakeBoard board, String name, int idr0) {
        this(board, name, idr0, IDR1, IDR3);
    }

    public FakeUnit(FakeBoard board, String name, int idr0, int idr1, int idr3) {
        this.board = board;
        this.registers = new FakeRegisters(board.memory, idr0, idr1, idr3, IDR5);
        this.description = new UnitDescription(name, 0x09050000L + (name.charAt(4) - '0') * 0x20000L, List.of());
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
        return board.frames;
    }

    @Override
    public FaultSink faults() {
        return this;
    }

    @Override
    public MsiMessage interrupt(String name) {
        return new MsiMessage(0x08090040L, name.equals("evtq") ? 0x20 : 0x21);
    }

    @Override
    public void wire(String name, int line) {
        wires.put(name, line);
    }

    @Override
    public void onInterrupt(String name, Runnable handler) {
        handlers.put(name, handler);
    }

    @Override
    public void fault(int rid, int pasid, long iova, int access, int code, String text) {
        faults.add(String.format("%x pasid %d iova %x access %d: %x %s", rid, pasid, iova, access, code, text));
    }

    @Override
    public void overflow() {
        faults.add("overflow");
    }
}
