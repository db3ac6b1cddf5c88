package org.iommu4j.driver.fake;

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

/**
 * A unit's ports; faults become text. Messages have the vectors 0x20, 0x21, ... in the order in which they are asked
 * for.
 *
 * @param <R> its registers
 */
public class FakePorts<R extends RegisterSpace> implements Unit, FaultSink {
    private static final int FIRST_VECTOR = 0x20;

    public final FakeBoard board;
    public final R registers;
    public final List<String> faults = new ArrayList<>();
    public final Map<String, Runnable> handlers = new HashMap<>();
    public final Map<String, Integer> wires = new HashMap<>();
    public PageAllocator frames;
    private final List<String> interrupts = new ArrayList<>();
    private final UnitDescription description;

    protected FakePorts(FakeBoard board, R registers, String name, long base) {
        this.board = board;
        this.registers = registers;
        this.frames = board.frames;
        this.description = new UnitDescription(name, base, List.of());
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
        if (!interrupts.contains(name)) {
            interrupts.add(name);
        }
        return board.message(FIRST_VECTOR + interrupts.indexOf(name));
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
