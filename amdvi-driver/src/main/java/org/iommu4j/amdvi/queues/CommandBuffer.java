package org.iommu4j.amdvi.queues;

import org.iommu4j.amdvi.registers.Status;
import org.iommu4j.amdvi.registers.UnitRegisters;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.driver.memory.SpinLock;

/**
 * A unit's command buffer. Any thread sends commands followed by a completion wait, and spins until hardware has stored
 * the wait's word; only writing the commands and the tail register are under the lock. Sending one or two allocates
 * nothing.
 *
 * <p>A command that hardware refuses (section 2.5.6, ILLEGAL_COMMAND_ERROR) stops the ring; the event log names the
 * command. It is replaced by a wait that does nothing, the ring goes on, and its sender fails.
 */
public final class CommandBuffer {
    /** Commands of one batch at most, its wait not counted. */
    private static final int BATCH = 64;
    private static final int ERROR_CHECK_SPINS = 256;

    private final UnitRegisters registers;
    private final CommandRing ring;
    private final SpinLock lock = new SpinLock();
    private final CommandCounts counts = new CommandCounts();
    /** Of a slot: one more than the position of the command that was refused there. */
    private final long[] refused = new long[CommandRing.SLOTS];
    /** Reads the event log, where a refused command is told. */
    private volatile Runnable events = () -> { };

    /** Position of the next command; under the lock. */
    private long tail;
    /** A position up to which hardware has fetched; under the lock, and maybe behind. */
    private long fetched;

    /** @param tail position at which hardware stands; 0 for a new ring */
    public CommandBuffer(UnitRegisters registers, CommandRing ring, long tail) {
        this.registers = registers;
        this.ring = ring;
        this.tail = tail;
        this.fetched = tail;
    }

    /** @param events run when the ring has stopped; calls {@link #refuse} if the log names a command */
    public void onStop(Runnable events) {
        this.events = events;
    }

    /**
     * Sends one command and returns when it is complete: what it invalidates is in no cache, and requests that used it
     * have ended.
     *
     * @throws IommuException TIMEOUT, IO; it may have been done or not
     */
    public void run(long low, long high) {
        lockForRoom(2);
        long first = tail;
        try {
            write(low, high);
            ring();
        } finally {
            lock.unlock();
        }
        complete(first, first + 1);
    }

    /** As {@link #run(long, long)}, for any number of commands, two words each; in batches with one wait each. */
    public void run(long... commands) {
        for (int from = 0; from < commands.length; from += 2 * BATCH) {
            runBatch(commands, from, Math.min(from + 2 * BATCH, commands.length));
        }
    }

    private void runBatch(long[] commands, int from, int to) {
        int count = (to - from) / 2;
        lockForRoom(count + 1);
        long first = tail;
        try {
            for (int i = from; i < to; i += 2) {
                write(commands[i], commands[i + 1]);
            }
            ring();
        } finally {
            lock.unlock();
        }
        complete(first, first + count);
    }

    /** Waits until nothing is under way. @throws IommuException TIMEOUT */
    public void awaitIdle() {
        registers.await(() -> registers.commandHead() == registers.commandTail(), "the command head to reach the tail");
    }

    public CommandCounts counts() {
        return counts;
    }

    /** Where the ring lies and stands. */
    public CommandPlace place() {
        lock.lock();
        try {
            return new CommandPlace(ring.base(), tail, ring.stores());
        } finally {
            lock.unlock();
        }
    }

    /** Hardware has refused a command, and stopped at it: goes on behind it. @param pa of the command */
    public void refuse(long pa) {
        int slot = ring.slotAt(pa);
        if (slot < 0) {
            return; // not ours: a log that an earlier owner of the unit left
        }
        lock.lock();
        try {
            long position = tail - 1 - (CommandRing.slot(tail - 1) - slot & CommandRing.SLOTS - 1);
            refused[slot] = position + 1;
            ring.write(position, CompletionWait.idle(), 0);
            registers.restartCommands(slot, CommandRing.slot(tail));
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void write(long low, long high) {
        ring.write(tail, low, high);
        counts.count(low);
        tail++;
    }

    /** Writes the wait and tells hardware; under the lock. */
    private void ring() {
        write(CompletionWait.storing(ring.storeAddress(tail)), CommandRing.storeData(tail));
        registers.commandTail(CommandRing.slot(tail));
    }

    /** Takes the lock once there is room. @throws IommuException TIMEOUT if hardware fetches nothing for too long */
    private void lockForRoom(int needed) {
        lock.lock();
        long stands = -1;
        long deadline = 0;
        while (!hasRoom(needed)) {
            if (stands != fetched) {
                stands = fetched;
                deadline = System.nanoTime() + registers.boundNanos();
            }
            lock.unlock();
            checkStopped();
            if (System.nanoTime() - deadline > 0) {
                throw IommuException.of(Reason.TIMEOUT, "%s: the command head stands at slot %d of a full ring for %d "
                        + "ms (status %#x)", registers.unit(), CommandRing.slot(stands), millis(), registers.status());
            }
            Thread.yield();
            lock.lock();
        }
    }

    /** One slot stays free, because head equal to tail means empty. */
    private boolean hasRoom(int needed) {
        if (tail + needed - fetched < CommandRing.SLOTS) {
            return true;
        }
        fetched = tail - (CommandRing.slot(tail) - registers.commandHead() & CommandRing.SLOTS - 1);
        return tail + needed - fetched < CommandRing.SLOTS;
    }

    private void complete(long first, long wait) {
        long deadline = 0;
        for (int spin = 1; !ring.isComplete(wait); spin++) {
            if (spin % ERROR_CHECK_SPINS != 0) {
                Thread.onSpinWait();
                continue;
            }
            checkStopped();
            long now = System.nanoTime();
            if (deadline == 0) {
                deadline = now + registers.boundNanos();
            } else if (now - deadline > 0 && !ring.isComplete(wait)) {
                throw IommuException.of(Reason.TIMEOUT, "%s: %s [%#x %#x] is not complete after %d ms (status %#x)",
                        registers.unit(), CommandCounts.name(ring.low(first)), ring.low(first), ring.high(first),
                        millis(), registers.status());
            }
            Thread.yield();
        }
        for (long position = first; position <= wait; position++) {
            if (refused[CommandRing.slot(position)] == position + 1) {
                throw IommuException.of(Reason.IO, "%s: hardware refuses command %d of a batch of %d "
                        + "(ILLEGAL_COMMAND_ERROR)", registers.unit(), position - first + 1, wait - first);
            }
        }
    }

    private void checkStopped() {
        if ((registers.status() & Status.COMMAND_BUFFER_RUNS) == 0) {
            events.run();
        }
    }

    private long millis() {
        return registers.boundNanos() / 1_000_000;
    }
}
