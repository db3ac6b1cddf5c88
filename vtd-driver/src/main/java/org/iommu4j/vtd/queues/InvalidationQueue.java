package org.iommu4j.vtd.queues;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.driver.memory.SpinLock;
import org.iommu4j.vtd.registers.FaultStatus;
import org.iommu4j.vtd.registers.UnitRegisters;

/**
 * A unit's invalidation queue. Any thread sends a descriptor followed by a wait, and spins until hardware has written
 * the wait's status word; only reserving two slots and ringing the tail register are under the lock. Sending allocates
 * nothing.
 *
 * <p>Errors (section 6.5.2.10): a malformed descriptor stops the queue at it until its sender has put a wait in its
 * place and failed; a device time-out drops the waits that hardware had fetched, and their senders send again.
 */
public final class InvalidationQueue implements Invalidations {
    /** A descriptor and its wait. */
    private static final int NEEDED = 2;
    private static final int ERROR_CHECK_SPINS = 256;

    private final UnitRegisters registers;
    private final QueueMemory slots;
    private final SpinLock lock = new SpinLock();
    private final QueueCounts counts = new QueueCounts();

    /** Position of the next descriptor; under the lock. */
    private long tail;
    /** A position up to which hardware has fetched; under the lock, and maybe behind. */
    private long fetched;
    /** Waits before this position that are not complete never will be. */
    private volatile long dropped;

    /** @param tail position at which hardware stands; 0 for a new queue */
    public InvalidationQueue(UnitRegisters registers, QueueMemory slots, long tail) {
        this.registers = registers;
        this.slots = slots;
        this.tail = tail;
        this.fetched = tail;
    }

    @Override
    public void run(long low, long high) {
        while (!complete(submit(low, high))) {
            Thread.onSpinWait(); // a device time-out dropped the wait: once more
        }
    }

    @Override
    public void awaitIdle() {
        registers.await(() -> registers.queueHead() == registers.queueTail(), "IQH to reach IQT");
    }

    @Override
    public QueueCounts counts() {
        return counts;
    }

    @Override
    public QueuePlace place() {
        lock.lock();
        try {
            return new QueuePlace(slots.base(), slots.wide(), tail, slots.status());
        } finally {
            lock.unlock();
        }
    }

    /** @return the position of the wait */
    private long submit(long low, long high) {
        lock.lock();
        try {
            if (!hasRoom()) {
                awaitRoom();
            }
            long wait = tail + 1;
            long waitLow = InvalidationWait.statusWrite(QueueMemory.statusData(wait));
            slots.write(tail, low, high);
            slots.write(wait, waitLow, InvalidationWait.statusAddress(slots.statusAddress(wait)));
            counts.count(low);
            counts.count(waitLow);
            tail += NEEDED;
            registers.queueTail(slots.offset(tail));
            return wait;
        } finally {
            lock.unlock();
        }
    }

    /** One slot stays free, because head equal to tail means empty. */
    private boolean hasRoom() {
        if (tail + NEEDED - fetched < QueueMemory.SLOTS) {
            return true;
        }
        fetched = headPosition();
        return tail + NEEDED - fetched < QueueMemory.SLOTS;
    }

    /** Lets go of the lock between looks; whoever holds it next may have taken the room. */
    private void awaitRoom() {
        long seen = fetched;
        long deadline = System.nanoTime() + registers.boundNanos();
        while (true) {
            lock.unlock();
            Thread.yield();
            lock.lock();
            if (hasRoom()) {
                return;
            }
            long now = System.nanoTime();
            if (fetched != seen) {
                seen = fetched;
                deadline = now + registers.boundNanos();
            }
            if (now - deadline > 0) {
                throw IommuException.of(Reason.TIMEOUT, "%s: IQH stands at slot %d of a full queue for %d ms",
                        registers.unit(), slots.slot(registers.queueHead()), registers.boundNanos() / 1_000_000);
            }
        }
    }

    /** Position of the descriptor that hardware fetches next; under the lock. */
    private long headPosition() {
        int ahead = (int) (tail - slots.slot(registers.queueHead())) & QueueMemory.SLOTS - 1;
        return tail - ahead;
    }

    /** @return false if the wait was dropped and the descriptor must be sent again */
    private boolean complete(long wait) {
        long deadline = 0;
        for (int spin = 1; !slots.isComplete(wait); spin++) {
            if (spin % ERROR_CHECK_SPINS != 0) {
                Thread.onSpinWait();
                continue;
            }
            checkErrors(wait);
            if (wait < dropped && !slots.isComplete(wait)) {
                return false;
            }
            long now = System.nanoTime();
            if (deadline == 0) {
                deadline = now + registers.boundNanos();
            } else if (now - deadline > 0) {
                throw IommuException.of(Reason.TIMEOUT, "%s: %s [%#x %#x] is not complete after %d ms (FSTS %#x)",
                        registers.unit(), QueueCounts.name(slots.low(wait - 1)), slots.low(wait - 1),
                        slots.high(wait - 1), registers.boundNanos() / 1_000_000, registers.faultStatus());
            }
            Thread.yield();
        }
        return true;
    }

    private void checkErrors(long wait) {
        if ((registers.faultStatus() & FaultStatus.QUEUE_ERRORS) == 0) {
            return;
        }
        lock.lock();
        try {
            int status = registers.faultStatus();
            if ((status & FaultStatus.QUEUE_ERROR) != 0) {
                replaceMalformed(wait);
            }
            if ((status & FaultStatus.TIMEOUT_ERROR) != 0) {
                dropped = headPosition();
                registers.clearFaultStatus(FaultStatus.TIMEOUT_ERROR);
            }
            if ((status & FaultStatus.COMPLETION_ERROR) != 0) {
                registers.clearFaultStatus(FaultStatus.COMPLETION_ERROR);
            }
        } finally {
            lock.unlock();
        }
    }

    /** If the queue is stopped at the caller's own descriptor: lets it go on with a wait in its place, and fails. */
    private void replaceMalformed(long wait) {
        long malformed = wait - 1;
        if (headPosition() != malformed) {
            return; // another sender's; it looks as well
        }
        long low = slots.low(malformed);
        long high = slots.high(malformed);
        slots.write(malformed, slots.low(wait), slots.high(wait));
        registers.clearFaultStatus(FaultStatus.QUEUE_ERROR);
        throw IommuException.of(Reason.IO, "%s: hardware refuses the descriptor %s [%#x %#x] (FSTS.IQE)",
                registers.unit(), QueueCounts.name(low), low, high);
    }
}
