package org.iommu4j.core.unit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/** A unit's ports as lent to one driver; given back, they refuse, and its handlers are forgotten. */
final class LentUnit implements Unit {
    private final Seat seat;
    private final Units units;
    private final Map<String, Runnable> handlers = new ConcurrentHashMap<>();
    private volatile boolean returned;

    LentUnit(Seat seat, Units units) {
        this.seat = seat;
        this.units = units;
    }

    @Override
    public UnitDescription description() {
        return seat.description();
    }

    @Override
    public Machine machine() {
        return lent(units.machine());
    }

    @Override
    public RegisterSpace registers() {
        return lent(units.machine()).registers(seat.description().registerBase());
    }

    @Override
    public PhysicalMemory memory() {
        return lent(units.memory());
    }

    @Override
    public PageAllocator frames() {
        return lent(seat.frames());
    }

    @Override
    public FaultSink faults() {
        return lent(seat.faults());
    }

    @Override
    public MsiMessage interrupt(String name) {
        return lent(units.machine()).message(units.interrupts().vector(seat, name));
    }

    @Override
    public void wire(String name, int line) {
        lent(units.machine()).wire(line, units.interrupts().vector(seat, name));
    }

    @Override
    public void onInterrupt(String name, Runnable handler) {
        lent(handlers).put(name, handler);
    }

    /** @return false if there is no such handler */
    boolean run(String name) {
        Runnable handler = handlers.get(name);
        if (handler != null) {
            handler.run();
        }
        return handler != null;
    }

    void giveBack() {
        returned = true;
        handlers.clear();
    }

    private <T> T lent(T port) {
        if (returned) {
            throw IommuException.of(Reason.DRIVER_GONE, "unit %s is no longer lent to this driver", seat);
        }
        return port;
    }
}
