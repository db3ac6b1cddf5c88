package org.iommu4j.core.unit;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * The units of one machine, the gate before them and the driver in charge. Who changes the driver in charge holds
 * {@link #control()} and has the gate closed; everybody else works between {@link Gate#enter} and {@link Gate#exit}.
 */
public final class Units {
    private final Machine machine;
    private final PhysicalMemory memory;
    private final Gate gate;
    private final Interrupts interrupts;
    private final ReentrantLock control = new ReentrantLock();
    private volatile List<Seat> seats = List.of();
    private volatile Binding binding;
    private volatile Consumer<Binding> onChange = inCharge -> { };

    public Units(Machine machine, PhysicalMemory memory, Gate gate, Interrupts interrupts) {
        this.machine = machine;
        this.memory = memory;
        this.gate = gate;
        this.interrupts = interrupts;
    }

    public Machine machine() {
        return machine;
    }

    public PhysicalMemory memory() {
        return memory;
    }

    public Gate gate() {
        return gate;
    }

    public Interrupts interrupts() {
        return interrupts;
    }

    /** Held while the driver in charge changes. No service is registered, looked up or unregistered under it. */
    public ReentrantLock control() {
        return control;
    }

    /** In the order of firmware; empty until a driver has read the firmware tables. */
    public List<Seat> seats() {
        return seats;
    }

    /** Set once. */
    public void seats(List<Seat> found) {
        seats = List.copyOf(found);
    }

    /** Null while no driver is in charge. */
    public Binding binding() {
        return binding;
    }

    /** Inside the gate: never null. */
    public Binding inCharge() {
        Binding now = binding;
        if (now == null) {
            throw IommuException.of(Reason.DRIVER_GONE, "machine %s: no driver is in charge", machine.name());
        }
        return now;
    }

    /** A binding without units yet, that is not in charge yet. */
    public Binding offer(Candidate candidate) {
        return new Binding(candidate, seats.size());
    }

    /** Puts a driver in charge, or nobody: the gate is closed and empty. */
    public void putInCharge(Binding next) {
        gate.forgetGathers();
        binding = next;
    }

    /** Takes the driver out of charge although callers are still inside it: what they do is their own loss. */
    public void revoke() {
        binding = null;
    }

    /**
     * What is to be done after each control operation, inside the gate, and when another driver is in charge, before
     * the gate opens; it must not throw.
     */
    public void onChange(Consumer<Binding> action) {
        onChange = action;
    }

    /** Opens the gate and delivers the interrupts that came while it was closed. */
    public void open() {
        if (binding != null) {
            onChange.accept(binding);
        }
        gate.open();
        interrupts.gateOpened();
    }

    /** Starts a unit that is off. On failure nothing of the driver stays behind. */
    public void attach(Binding to, Seat seat, long boundNanos) {
        bring(to, seat, "attach", boundNanos, ports -> to.candidate().driver().attach(ports));
    }

    /** Has a running unit taken over. On failure nothing of the driver stays behind. */
    public void adopt(Binding to, Seat seat, HandoverRecord record, long boundNanos) {
        bring(to, seat, "adopt", boundNanos, ports -> to.candidate().driver().adopt(ports, record));
    }

    /** Has a running unit taken over whose driver has died. On failure nothing of the driver stays behind. */
    public void recover(Binding to, Seat seat, HandoverRecord record, long boundNanos) {
        bring(to, seat, "recover", boundNanos, ports -> to.candidate().driver().recover(ports, record));
    }

    /** Has the driver leave a unit. On failure the driver's objects stay, until they are dropped or used again. */
    public HandoverRecord leave(Binding from, Seat seat, long boundNanos) {
        DriverUnit unit = from.unit(seat);
        HandoverRecord record = DriverCall.within(boundNanos, where(from, "leave", seat), unit::leave);
        from.drop(seat);
        if (record == null) {
            throw IommuException.of(Reason.BAD_INPUT, "%s: no record was left", where(from, "leave", seat));
        }
        return record;
    }

    /** Has the driver turn a unit off. On failure as {@link #leave}. */
    public void stop(Binding from, Seat seat, long boundNanos) {
        DriverUnit unit = from.unit(seat);
        DriverCall.within(boundNanos, where(from, "stop", seat), () -> {
            unit.stop();
            return null;
        });
        from.drop(seat);
    }

    /** Forgets a driver's objects without a word to it. */
    public void drop(Binding from, Seat seat) {
        from.drop(seat);
    }

    /** What is done inside the gate. */
    public interface Inside<T> {
        T on(Binding inCharge, Gather gather);
    }

    /**
     * Does a control operation inside the gate.
     *
     * @param what for messages, for example {@code attach of group 3}
     * @throws IommuException what the driver threw, as text, or {@link Reason#DRIVER_GONE}
     */
    public <T> T inside(String what, Inside<T> work) {
        GateCell cell = gate.enter();
        try {
            return work.on(inCharge(), cell.gather());
        } catch (Throwable thrown) {
            cell.gather().clear();
            throw DriverError.text(thrown, what);
        } finally {
            changed();
            gate.exit(cell);
        }
    }

    /** Of an operation that failed, too: what it has left behind may differ from what was there. */
    private void changed() {
        Binding now = binding;
        if (now != null) {
            onChange.accept(now);
        }
    }

    /** Calls the driver on a unit's ports. */
    private interface Start {
        DriverUnit on(LentUnit ports);
    }

    private void bring(Binding to, Seat seat, String verb, long boundNanos, Start start) {
        LentUnit ports = new LentUnit(seat, this);
        try {
            DriverUnit unit = DriverCall.within(boundNanos, where(to, verb, seat), () -> start.on(ports));
            if (unit == null) {
                throw IommuException.of(Reason.IO, "%s: no unit was returned", where(to, verb, seat));
            }
            to.take(seat, unit, ports);
        } catch (IommuException e) {
            ports.giveBack();
            throw e;
        }
    }

    private static String where(Binding binding, String verb, Seat seat) {
        return binding.candidate() + ": " + verb + " " + seat;
    }
}
