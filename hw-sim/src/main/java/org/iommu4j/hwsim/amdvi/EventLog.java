package org.iommu4j.hwsim.amdvi;

import java.util.concurrent.atomic.AtomicLongArray;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * The event log: a ring in memory that the unit fills and software empties. AMD 48882 section 2.5, 3.4.3, 3.4.9,
 * 3.4.10; hardware event registers 3.4.14. Any thread: device threads come here with faults.
 *
 * <p>It runs while the unit and the log are enabled. An event that finds the log full sets EventOverflow, is lost, and
 * stops the log; software clears the bit and switches EventLogEn off and on (2.5.1). Base, and head and tail with it,
 * which a new base sets to 0, are locked while the log runs. A log that is no memory stops. The first hardware error,
 * and what such a log could not take, is in the hardware event registers, if the unit has them.
 */
final class EventLog {
    private static final int DEVICES = 1 << 16;
    private static final long VALID = 1;
    private static final long OVERFLOW = 1 << 1;

    private final AmdCapabilities caps;
    private final PhysicalMemory memory;
    private final Status status;
    /** A bit a device: SE was set, and a page fault has been logged since the entry was invalidated. */
    private final AtomicLongArray faulted = new AtomicLongArray(DEVICES / Long.SIZE);
    private volatile long base;
    private volatile long head;
    private volatile long tail;
    private volatile boolean running;
    private long hardwareUpper;
    private long hardwareLower;
    private long hardwareStatus;

    EventLog(AmdCapabilities caps, PhysicalMemory memory, Status status) {
        this.caps = caps;
        this.memory = memory;
        this.status = status;
    }

    /**
     * An event of a device's request.
     *
     * @param target what the request was refused by, with its device table entry as far as it was read
     * @param pasid of the request, 0 if none
     */
    void record(Target target, int device, int pasid, boolean write, long address) {
        long event = target.fault | (write && Event.tellsWrites(target.fault) ? Event.RW : 0);
        if (Event.isPageFault(event) && suppressed(target, device)) {
            return;
        }
        boolean domain = (event & Event.GN) == 0 && Event.tellsDomain(event);
        log(Event.word0(event, device, domain ? target.domain : pasid),
                target.faultHasAddress ? target.faultAddress : Event.address(event, address));
    }

    private boolean suppressed(Target target, int device) {
        if (target.suppressAll) {
            return true;
        }
        long bit = 1L << device;
        return target.suppressFurther
                && (faulted.getAndAccumulate(device / Long.SIZE, bit, (held, added) -> held | added) & bit) != 0;
    }

    /** A device table entry has been invalidated: its next page fault is logged again. */
    void forgetFault(int device) {
        long bit = 1L << device;
        faulted.getAndAccumulate(device / Long.SIZE, ~bit, (held, kept) -> held & kept);
    }

    void forgetFaults() {
        for (int i = 0; i < faulted.length(); i++) {
            faulted.set(i, 0);
        }
    }

    /** Appends an event if the log runs. */
    void log(long word0, long word1) {
        if (Event.isHardwareError(word0)) {
            keep(word0, word1);
        }
        // Spares faults the lock while nothing can be logged.
        if (running) {
            append(word0, word1);
        }
    }

    private synchronized void append(long word0, long word1) {
        if (!running) {
            return;
        }
        long next = LogBase.next(tail, base);
        if (next == head) {
            stop();
            status.raise(Status.EVENT_OVERFLOW);
            return;
        }
        long pa = LogBase.address(base) + tail;
        if (!memory.contains(pa, Event.BYTES)) {
            stop();
            keep(word0, word1);
            return;
        }
        memory.store64(pa + Long.BYTES, word1);
        memory.storeRelease64(pa, word0);
        tail = next;
        status.raise(Status.EVENT_LOG_INT);
    }

    private synchronized void keep(long word0, long word1) {
        if (!caps.hardwareEvents()) {
            return;
        }
        if ((hardwareStatus & VALID) != 0) {
            hardwareStatus |= OVERFLOW;
        } else {
            hardwareUpper = word0;
            hardwareLower = word1;
            hardwareStatus = VALID;
        }
    }

    private void stop() {
        running = false;
        status.run(Status.EVENT_LOG_RUN, false);
    }

    /** The unit and the log are both enabled, or not. */
    synchronized void enable(boolean on) {
        running = on && (status.value() & Status.EVENT_OVERFLOW) == 0;
        status.run(Status.EVENT_LOG_RUN, running);
    }

    long base() {
        return base;
    }

    long head() {
        return head;
    }

    long tail() {
        return tail;
    }

    synchronized void writeBase(long value) {
        if (!running) {
            base = LogBase.writable(value);
            head = 0;
            tail = 0;
        }
    }

    synchronized void writeHead(long value) {
        head = LogBase.pointer(value, base);
    }

    synchronized void writeTail(long value) {
        if (!running) {
            tail = LogBase.pointer(value, base);
        }
    }

    /** @param index 0 upper, 1 lower, 2 status */
    synchronized long hardware(int index) {
        return index == 0 ? hardwareUpper : index == 1 ? hardwareLower : hardwareStatus;
    }

    /** Bits of the hardware event status register are cleared by writing 0 to them. */
    synchronized void writeHardwareStatus(long value) {
        hardwareStatus &= value;
    }
}
