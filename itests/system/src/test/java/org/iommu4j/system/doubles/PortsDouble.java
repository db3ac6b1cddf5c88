package org.iommu4j.system.doubles;

import java.util.function.UnaryOperator;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/** A unit's ports with some of them exchanged. */
public class PortsDouble implements Unit {
    private final Unit real;

    protected PortsDouble(Unit real) {
        this.real = real;
    }

    /** Other registers. */
    public static UnaryOperator<Unit> registers(java.util.function.Function<Unit, RegisterSpace> other) {
        return real -> new PortsDouble(real) {
            @Override
            public RegisterSpace registers() {
                return other.apply(real);
            }
        };
    }

    /** Another machine. */
    public static UnaryOperator<Unit> machine(java.util.function.Function<Unit, Machine> other) {
        return real -> new PortsDouble(real) {
            @Override
            public Machine machine() {
                return other.apply(real);
            }
        };
    }

    /** Other frames. */
    public static UnaryOperator<Unit> frames(java.util.function.Function<Unit, PageAllocator> other) {
        return real -> new PortsDouble(real) {
            @Override
            public PageAllocator frames() {
                return other.apply(real);
            }
        };
    }

    @Override
    public UnitDescription description() {
        return real.description();
    }

    @Override
    public Machine machine() {
        return real.machine();
    }

    @Override
    public RegisterSpace registers() {
        return real.registers();
    }

    @Override
    public PhysicalMemory memory() {
        return real.memory();
    }

    @Override
    public PageAllocator frames() {
        return real.frames();
    }

    @Override
    public FaultSink faults() {
        return real.faults();
    }

    @Override
    public MsiMessage interrupt(String name) {
        return real.interrupt(name);
    }

    @Override
    public void wire(String name, int line) {
        real.wire(name, line);
    }

    @Override
    public void onInterrupt(String name, Runnable handler) {
        real.onInterrupt(name, handler);
    }
}
