package org.iommu4j.hwsim.amdvi;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.hwsim.cache.Intervals;

/**
 * The command buffer: a ring in memory that software fills and the unit empties. AMD 48882 section 2.4, 3.4.2, 3.4.7,
 * 3.4.8. It runs while the unit and the buffer are enabled. Commands are executed on the thread that moves the tail (or
 * enables the buffer), before its write returns, one thread at a time and in order. COMPLETION_WAIT keeps that thread
 * until the transactions in flight have ended; device threads need none of this and go on.
 *
 * <p>A command that is illegal, or lies in no memory, is logged and stops the buffer with the head at it, until
 * CmdBufEn is switched off and on (2.4). Base and head are locked while the buffer runs; a new base sets head and tail
 * to 0.
 */
final class CommandBuffer {
    private final AmdCapabilities caps;
    private final PhysicalMemory memory;
    private final TranslationCaches caches;
    private final Intervals intervals;
    private final EventLog events;
    private final Status status;
    private final long[] words = new long[2];
    private boolean running;
    private volatile long base;
    private volatile long head;
    private volatile long tail;
    private volatile long waits;

    CommandBuffer(AmdCapabilities caps, PhysicalMemory memory, TranslationCaches caches, Intervals intervals,
            EventLog events, Status status) {
        this.caps = caps;
        this.memory = memory;
        this.caches = caches;
        this.intervals = intervals;
        this.events = events;
        this.status = status;
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

    /** Completion waits done since power on. */
    long waits() {
        return waits;
    }

    synchronized void writeBase(long value) {
        if (!running) {
            base = LogBase.writable(value);
            head = 0;
            tail = 0;
        }
    }

    synchronized void writeHead(long value) {
        if (!running) {
            head = LogBase.pointer(value, base);
        }
    }

    synchronized void writeTail(long value) {
        tail = LogBase.pointer(value, base);
        process();
    }

    /** The unit and the buffer are both enabled, or not. */
    synchronized void enable(boolean on) {
        run(on);
        process();
    }

    private void run(boolean on) {
        running = on;
        status.run(Status.COMMAND_BUFFER_RUN, on);
    }

    private void process() {
        while (running && head != tail) {
            long pa = LogBase.address(base) + head;
            if (!fetch(pa)) {
                halt(Event.COMMAND_ERROR | Event.MASTER_ABORT, pa);
            } else if (!Command.legal(words[0], words[1], caps)) {
                halt(Event.ILLEGAL_COMMAND, pa);
            } else if (execute()) {
                head = LogBase.next(head, base);
            }
        }
    }

    private void halt(long event, long address) {
        run(false);
        events.log(event, address);
    }

    private boolean fetch(long pa) {
        try {
            memory.load128(pa, words, 0);
            return true;
        } catch (IommuException outsideMemory) {
            // Nobody answered the unit's read; software is told by the event.
            return false;
        }
    }

    /** @return false if the buffer has been stopped at the command */
    private boolean execute() {
        long word0 = words[0];
        switch (Command.operation(word0)) {
            case Command.COMPLETION_WAIT:
                return completionWait(word0, words[1]);
            case Command.INVALIDATE_DEVTAB_ENTRY:
                caches.invalidateDevice(Command.device(word0));
                events.forgetFault(Command.device(word0));
                return true;
            case Command.INVALIDATE_IOMMU_PAGES:
                invalidatePages(word0, words[1]);
                return true;
            case Command.INVALIDATE_IOMMU_ALL:
                caches.invalidateAll();
                events.forgetFaults();
                return true;
            default:
                caches.invalidateInterrupts();
                return true;
        }
    }

    private void invalidatePages(long word0, long word1) {
        caches.makeRoomForTags(intervals);
        if (Command.guest(word1)) {
            caches.invalidateGuest(Command.domain(word0), Command.pasid(word0), Command.address(word1),
                    Command.sizeLg2(word1), Command.directories(word1));
        } else {
            caches.invalidateHost(Command.domain(word0), Command.address(word1), Command.sizeLg2(word1),
                    Command.directories(word1));
        }
    }

    private boolean completionWait(long word0, long data) {
        intervals.drain();
        if (Command.stores(word0)) {
            long address = Command.storeAddress(word0);
            if (!memory.contains(address, Long.BYTES)) {
                halt(Event.COMMAND_ERROR | Event.MASTER_ABORT, address);
                return false;
            }
            memory.storeRelease64(address, data);
        }
        waits++;
        if (Command.interrupts(word0)) {
            status.raise(Status.COMPLETION_WAIT_INT);
        }
        return true;
    }
}
