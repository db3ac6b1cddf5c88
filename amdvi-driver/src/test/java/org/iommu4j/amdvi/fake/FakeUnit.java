package org.iommu4j.amdvi.fake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.PciAddress;
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
    /** IASup, HATS 2: six levels. */
    public static final long EFR = 1L << 6 | 2L << 10;
    /** The same with GTSup, GIOSup, GLXSup 2, PASmax 19 (20 bits), HASup and HDSup. */
    public static final long EFR_ALL = EFR | 1L << 4 | 1L << 48 | 2L << 14 | 19L << 32 | 1L << 49 | 1L << 52;

    public final FakeBoard board;
    public final FakeRegisters registers;
    public final FakeFunction function;
    public final List<String> faults = new ArrayList<>();
    public final Map<String, Runnable> handlers = new HashMap<>();
    public PageAllocator frames;
    private final UnitDescription description;

    /** @param name {@code ivhd0} or {@code ivhd1}: as {@link MadeIvrs#twoUnits} has them */
    public FakeUnit(FakeBoard board, String name, long efr, boolean npCache) {
        int number = name.charAt(4) - '0';
        this.board = board;
        this.registers = new FakeRegisters(board.memory, efr);
        this.frames = board.frames;
        this.description = new UnitDescription(name, 0xfeb80000L + number * 0x100000L, List.of());
        this.function = new FakeFunction(PciAddress.of(0, number * 0x40, 0, 2), npCache);
        board.functions.add(function);
        board.tables.put("IVRS", MadeIvrs.twoUnits());
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

    /** First word of the device table's entry of a requester. */
    public long entry(int requester) {
        return (registers.get(FakeRegisters.DEVTAB) & 0xffffffffff000L) + requester * 32L;
    }
}
