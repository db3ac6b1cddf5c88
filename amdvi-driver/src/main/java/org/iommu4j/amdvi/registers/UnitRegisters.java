package org.iommu4j.amdvi.registers;

import java.util.function.BooleanSupplier;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * A unit's registers by name. Offsets are those of section 3.4. Changes of Control are for one thread at a time; the
 * other methods are for any thread.
 */
public final class UnitRegisters {
    /** How long hardware may take; generous, because it means broken hardware. */
    public static final long BOUND_NANOS = 10_000_000_000L;
    /** Bytes of the register file that the driver uses. */
    public static final long LENGTH = 0x2028;

    private static final long DEVICE_TABLE = 0x0000;
    private static final long COMMANDS = 0x0008;
    private static final long EVENTS = 0x0010;
    private static final long CONTROL = 0x0018;
    private static final long FEATURES = 0x0030;
    private static final long COMMAND_HEAD = 0x2000;
    private static final long COMMAND_TAIL = 0x2008;
    private static final long EVENT_HEAD = 0x2010;
    private static final long EVENT_TAIL = 0x2018;
    private static final long STATUS = 0x2020;

    private final String unit;
    private final RegisterSpace space;
    private final long boundNanos;

    /** @param boundNanos for waits; see {@link #BOUND_NANOS} */
    public UnitRegisters(String unit, RegisterSpace space, long boundNanos) {
        this.unit = unit;
        this.space = space;
        this.boundNanos = boundNanos;
    }

    /** Name of the unit, for messages. */
    public String unit() {
        return unit;
    }

    /** Nanoseconds that hardware may take. */
    public long boundNanos() {
        return boundNanos;
    }

    public ExtendedFeatures features() {
        return new ExtendedFeatures(space.read64(FEATURES));
    }

    public long control() {
        return space.read64(CONTROL);
    }

    public long status() {
        return space.read64(STATUS);
    }

    /** Clears those bits that are cleared by writing 1. */
    public void clearStatus(long bits) {
        space.write64(STATUS, bits & Status.CLEARED_BY_ONE);
    }

    /** True if translation is on. */
    public boolean isOn() {
        return Control.IOMMU_ENABLE.in(control());
    }

    /** True if translation, commands and the event log with its interrupt are on. */
    public boolean isAllOn() {
        long all = Control.IOMMU_ENABLE.mask() | Control.COMMANDS.mask() | Control.EVENT_LOG.mask()
                | Control.EVENT_INTERRUPT.mask();
        return (control() & all) == all;
    }

    /** Turns everything off, translation last. @throws IommuException TIMEOUT */
    public void turnOff() {
        turnOff(Control.COMMANDS.mask());
        turnOff(Control.EVENT_INTERRUPT.mask());
        turnOff(Control.EVENT_LOG.mask());
        turnOff(Control.IOMMU_ENABLE.mask());
        awaitStopped(Status.COMMAND_BUFFER_RUNS, "CmdBufRun");
        awaitStopped(Status.EVENT_LOG_RUNS, "EventLogRun");
    }

    /** Sets what the unit does while nothing is enabled. @param settings from {@link Control#settings} */
    public void settings(long settings) {
        space.write64(CONTROL, settings);
    }

    /** Turns the rings on, then translation. @throws IommuException TIMEOUT */
    public void turnOn() {
        turnOn(Control.COMMANDS.mask());
        turnOn(Control.EVENT_LOG.mask());
        turnOn(Control.EVENT_INTERRUPT.mask());
        turnOn(Control.IOMMU_ENABLE.mask());
        await(() -> (status() & Status.COMMAND_BUFFER_RUNS) != 0, "CmdBufRun to be 1");
        await(() -> (status() & Status.EVENT_LOG_RUNS) != 0, "EventLogRun to be 1");
    }

    /**
     * Starts the command buffer again, which hardware has stopped.
     *
     * @param head entry to go on with
     * @param tail entry behind the last one
     * @throws IommuException TIMEOUT
     */
    public synchronized void restartCommands(long head, long tail) {
        turnOff(Control.COMMANDS.mask());
        awaitStopped(Status.COMMAND_BUFFER_RUNS, "CmdBufRun");
        space.write64(COMMAND_HEAD, BaseRegister.pointer(head));
        space.write64(COMMAND_TAIL, BaseRegister.pointer(tail));
        turnOn(Control.COMMANDS.mask());
    }

    /** Starts the event log again, which hardware has stopped because it was full. @throws IommuException TIMEOUT */
    public synchronized void restartEvents() {
        turnOff(Control.EVENT_LOG.mask());
        awaitStopped(Status.EVENT_LOG_RUNS, "EventLogRun");
        clearStatus(Status.EVENT_OVERFLOW);
        turnOn(Control.EVENT_LOG.mask());
    }

    private synchronized void turnOn(long bits) {
        space.write64(CONTROL, control() | bits);
    }

    private synchronized void turnOff(long bits) {
        space.write64(CONTROL, control() & ~bits);
    }

    private void awaitStopped(long bit, String name) {
        await(() -> (status() & bit) == 0, name + " to be 0");
    }

    public long deviceTable() {
        return space.read64(DEVICE_TABLE);
    }

    /** While translation is off. */
    public void deviceTable(long value) {
        space.write64(DEVICE_TABLE, value);
    }

    public long commands() {
        return space.read64(COMMANDS);
    }

    /** While commands are off; empties the ring. */
    public void commands(long value) {
        space.write64(COMMANDS, value);
        space.write64(COMMAND_HEAD, 0);
        space.write64(COMMAND_TAIL, 0);
    }

    public long events() {
        return space.read64(EVENTS);
    }

    /** While the log is off; empties it. */
    public void events(long value) {
        space.write64(EVENTS, value);
        space.write64(EVENT_HEAD, 0);
        space.write64(EVENT_TAIL, 0);
    }

    /** Number of the command that hardware fetches next. */
    public int commandHead() {
        return BaseRegister.entry(space.read64(COMMAND_HEAD));
    }

    public int commandTail() {
        return BaseRegister.entry(space.read64(COMMAND_TAIL));
    }

    /** Tells hardware of new commands; everything stored before is visible to it. */
    public void commandTail(long entry) {
        space.write64(COMMAND_TAIL, BaseRegister.pointer(entry));
    }

    public int eventHead() {
        return BaseRegister.entry(space.read64(EVENT_HEAD));
    }

    /** Gives entries before this one back to hardware. */
    public void eventHead(int entry) {
        space.write64(EVENT_HEAD, BaseRegister.pointer(entry));
    }

    /** Number of the entry that hardware writes next. */
    public int eventTail() {
        return BaseRegister.entry(space.read64(EVENT_TAIL));
    }

    /** Spins until a condition holds. @throws IommuException TIMEOUT, naming unit and condition */
    public void await(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + boundNanos;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw IommuException.of(Reason.TIMEOUT, "%s: waited %d ms for %s", unit, boundNanos / 1_000_000, what);
            }
            Thread.yield();
        }
    }
}
