package org.iommu4j.amdvi.queues;

import java.util.function.LongConsumer;
import org.iommu4j.amdvi.registers.Status;
import org.iommu4j.amdvi.registers.UnitRegisters;
import org.iommu4j.api.fault.FaultSink;

/**
 * Reads the event log when its interrupt arrives, or when the command buffer has stopped, reports faults, and gives the
 * entries back to hardware. Any thread, one after the other; allocates nothing.
 */
public final class EventLog {
    /** How many logs full one run reports: devices that fault without end must not hold the caller in the gate. */
    private static final int RUN = 32;
    /** How often an entry is looked at that hardware has announced by the tail and not yet written. */
    private static final int LOOKS = 1 << 16;

    private final UnitRegisters registers;
    private final EventRing ring;
    private final FaultSink sink;
    private final LongConsumer commandErrors;

    /** @param commandErrors gets the address of a command that hardware has stopped at */
    public EventLog(UnitRegisters registers, EventRing ring, FaultSink sink, LongConsumer commandErrors) {
        this.registers = registers;
        this.ring = ring;
        this.sink = sink;
        this.commandErrors = commandErrors;
    }

    public EventRing ring() {
        return ring;
    }

    /** Reports all events that are logged; starts the log again if it had to stop. */
    public synchronized void drain() {
        int left = RUN;
        // Cleared before the log is read: an event that comes later raises the interrupt again.
        registers.clearStatus(Status.EVENT_INTERRUPT);
        int head = registers.eventHead();
        while (head != registers.eventTail() && left > 0) {
            head = readTo(registers.eventTail(), head);
            registers.eventHead(head);
            left--;
        }
        if ((registers.status() & Status.EVENT_OVERFLOW) != 0) {
            registers.restartEvents();
            sink.overflow();
        } else if (left == 0) {
            registers.eventHead(registers.eventTail()); // what is left is dropped
            sink.overflow();
        }
    }

    private int readTo(int tail, int from) {
        int slot = from;
        while (slot != tail) {
            long low = ring.low(slot);
            for (int look = 0; !LoggedEvent.isThere(low) && look < LOOKS; look++) {
                Thread.onSpinWait();
                low = ring.low(slot);
            }
            report(low, ring.high(slot));
            ring.clear(slot);
            slot = EventRing.next(slot);
        }
        return slot;
    }

    private void report(long low, long high) {
        if (LoggedEvent.isOfCommand(low)) {
            commandErrors.accept(high);
        } else {
            LoggedEvent.report(low, high, sink);
        }
    }
}
