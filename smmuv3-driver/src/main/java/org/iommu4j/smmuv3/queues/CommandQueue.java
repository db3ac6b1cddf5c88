package org.iommu4j.smmuv3.queues;

import java.util.concurrent.atomic.AtomicLongArray;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.driver.memory.SpinLock;
import org.iommu4j.smmuv3.registers.GlobalError;
import org.iommu4j.smmuv3.registers.QueueRegister;
import org.iommu4j.smmuv3.registers.UnitRegisters;

/**
 * A unit's command queue. Any thread sends a batch of commands and one sync, and spins until the sync is complete;
 * commands of several threads may stand in any order between each other. Only taking slots and ringing the producer
 * register are under the lock. Sending allocates nothing.
 *
 * <p>A sync tells its completion by a store to memory where the unit can do so and that is coherent; else the consumer
 * register is polled.
 *
 * <p>Errors (section 7.1): the queue stands at an illegal command until somebody, whoever sees it first, puts a sync in
 * its place and acknowledges the error; the command's sender finds it among the refused ones and fails. A command that
 * could not be fetched, and a sync that waits for a device that does not answer, are tried again when the error is
 * acknowledged, until the sender's time is over.
 */
public final class CommandQueue {
    private static final int ERROR_CHECK_SPINS = 256;
    private static final long NONE = -1;

    private final UnitRegisters registers;
    private final QueueMemory slots;
    private final SpinLock lock = new SpinLock();
    private final CommandCounts counts = new CommandCounts();
    /** By slot: position of the command that hardware refused there last, and what it was; written under the lock. */
    private final AtomicLongArray refused;
    private final AtomicLongArray refusedLow;
    private final AtomicLongArray refusedHigh;

    /** Position of the next command; written under the lock. */
    private volatile long tail;
    /** A position before which all is consumed, maybe behind. */
    private volatile long consumed;
    private volatile long refusals;

    /** @param tail position at which hardware stands; 0 for a new queue */
    public CommandQueue(UnitRegisters registers, QueueMemory slots, long tail) {
        this.registers = registers;
        this.slots = slots;
        this.tail = tail;
        this.consumed = tail;
        this.refused = new AtomicLongArray(slots.slots());
        this.refusedLow = new AtomicLongArray(slots.slots());
        this.refusedHigh = new AtomicLongArray(slots.slots());
        for (int slot = 0; slot < slots.slots(); slot++) {
            refused.set(slot, NONE);
        }
    }

    /**
     * Sends one command and returns when it is complete.
     *
     * @throws IommuException TIMEOUT, IO; it may have been done or not
     */
    public void run(long low, long high) {
        lock.lock();
        long first;
        try {
            awaitRoom(2);
            first = append(low, high);
            appendSync();
        } finally {
            lock.unlock();
        }
        complete(first, first + 1);
    }

    /**
     * Adds a command to the calling thread's batch; {@link #sync} must follow.
     *
     * @return its position
     * @throws IommuException TIMEOUT
     */
    public long add(long low, long high) {
        lock.lock();
        try {
            awaitRoom(1);
            return append(low, high);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends what was added, and returns when it is complete.
     *
     * @param first position of the batch's first command
     * @throws IommuException TIMEOUT, IO; each command may have been done or not
     */
    public void sync(long first) {
        lock.lock();
        long sync;
        try {
            awaitRoom(1);
            sync = appendSync();
        } finally {
            lock.unlock();
        }
        complete(first, sync);
    }

    /** Waits until nothing is under way. @throws IommuException TIMEOUT */
    public void awaitIdle() {
        registers.await(() -> slots.index(registers.commandConsumer()) == slots.index(registers.commandProducer()),
                "CMDQ_CONS to reach CMDQ_PROD");
    }

    public CommandCounts counts() {
        return counts;
    }

    public QueueMemory memory() {
        return slots;
    }

    /** Position of the next command. */
    public long tail() {
        return tail;
    }

    private long append(long low, long high) {
        long position = tail;
        slots.write(position, low, high);
        counts.count(low);
        tail = position + 1;
        return position;
    }

    private long appendSync() {
        long position = tail;
        if (slots.writesStatus()) {
            append(Sync.writing(slots.statusData(position)), Sync.address(slots.statusAddress(position)));
        } else {
            append(Sync.polled(), 0);
        }
        registers.commandProducer(slots.index(tail));
        return position;
    }

    /** With the lock held; gives it away meanwhile. */
    private void awaitRoom(int needed) {
        if (tail + needed - consumed <= slots.slots()) {
            return;
        }
        long deadline = 0;
        while (true) {
            consumed = consumedPosition();
            if (tail + needed - consumed <= slots.slots()) {
                return;
            }
            registers.commandProducer(slots.index(tail)); // batches that are not finished must not stand in the way
            long now = System.nanoTime();
            deadline = deadline == 0 ? now + registers.boundNanos() : deadline;
            lock.unlock();
            try {
                recover();
                if (now - deadline > 0) {
                    throw IommuException.of(Reason.TIMEOUT, "%s: the command queue is full for %d ms (CMDQ_CONS %#x)",
                            registers.unit(), registers.boundNanos() / 1_000_000, registers.commandConsumer());
                }
                Thread.yield();
            } finally {
                lock.lock();
            }
        }
    }

    /** Position of the command that hardware consumes next; under the lock. */
    private long consumedPosition() {
        return tail - (tail - registers.commandConsumer() & 2L * slots.slots() - 1);
    }

    private void complete(long first, long sync) {
        long deadline = 0;
        for (int spin = 1; !isComplete(sync); spin++) {
            if (spin % ERROR_CHECK_SPINS != 0) {
                Thread.onSpinWait();
                continue;
            }
            recover();
            checkRefused(first, sync);
            long now = System.nanoTime();
            if (deadline == 0) {
                deadline = now + registers.boundNanos();
            } else if (now - deadline > 0) {
                throw IommuException.of(Reason.TIMEOUT, "%s: %s [%#x %#x] is not complete after %d ms (CMDQ_CONS %#x, "
                        + "GERROR %#x)", registers.unit(), CommandCounts.name(slots.word(first, 0)),
                        slots.word(first, 0), slots.word(first, 1), registers.boundNanos() / 1_000_000,
                        registers.commandConsumer(), registers.activeErrors());
            }
            Thread.yield();
        }
        checkRefused(first, sync);
    }

    private boolean isComplete(long sync) {
        return slots.writesStatus() ? slots.isWritten(sync) : sync < consumed || isConsumed(sync);
    }

    /** The consumer register has no upper bits: it is near the tail, if the tail did not move far meanwhile. */
    private boolean isConsumed(long position) {
        long before = tail;
        int register = registers.commandConsumer();
        if (tail - before >= slots.slots()) {
            return false; // the next look will tell
        }
        int turn = 2 * slots.slots();
        int behind = (int) before - register & turn - 1;
        long at = behind <= slots.slots() ? before - behind : before + turn - behind;
        return position < at;
    }

    /** If the queue stands because of an error, lets it go on. Any thread. */
    public void recover() {
        if ((registers.activeErrors() & GlobalError.COMMAND_QUEUE) == 0) {
            return;
        }
        lock.lock();
        try {
            if ((registers.activeErrors() & GlobalError.COMMAND_QUEUE) != 0) {
                if (QueueRegister.error(registers.commandConsumer()) == QueueRegister.ILLEGAL) {
                    replace(consumedPosition());
                }
                registers.acknowledge(GlobalError.COMMAND_QUEUE);
            }
        } finally {
            lock.unlock();
        }
    }

    private void replace(long position) {
        int slot = slots.slot(position);
        refusedLow.set(slot, slots.word(position, 0));
        refusedHigh.set(slot, slots.word(position, 1));
        refused.set(slot, position);
        refusals++;
        slots.write(position, Sync.polled(), 0);
    }

    /** @throws IommuException IO if hardware refused a command of the range */
    private void checkRefused(long first, long last) {
        for (long position = first; refusals != 0 && position <= last; position++) {
            int slot = slots.slot(position);
            if (refused.get(slot) == position) {
                throw IommuException.of(Reason.IO, "%s: hardware refuses the command %s [%#x %#x] (CERROR_ILL)",
                        registers.unit(), CommandCounts.name(refusedLow.get(slot)), refusedLow.get(slot),
                        refusedHigh.get(slot));
            }
        }
    }
}
