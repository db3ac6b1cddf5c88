package org.iommu4j.vtd.queues;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.driver.memory.SpinLock;
import org.iommu4j.vtd.registers.UnitRegisters;

/**
 * Register-based invalidation (section 6.5.1), for units without a queue; legacy mode only. Descriptors of contexts and
 * of translations have a register each that asks for the same. One invalidation at a time.
 */
public final class InvalidationRegisters implements Invalidations {
    private final UnitRegisters registers;
    private final SpinLock lock = new SpinLock();
    private final QueueCounts counts = new QueueCounts();

    public InvalidationRegisters(UnitRegisters registers) {
        this.registers = registers;
    }

    @Override
    public void run(long low, long high) {
        lock.lock();
        try {
            switch (QueueCounts.type(low)) {
                case ContextCacheInvalidation.NUMBER -> registers.invalidateContexts(
                        ContextCacheInvalidation.G.of(low), ContextCacheInvalidation.DID.of(low),
                        ContextCacheInvalidation.SID.of(low));
                case IotlbInvalidation.NUMBER -> registers.invalidateTranslations(IotlbInvalidation.G.of(low),
                        IotlbInvalidation.DID.of(low), IotlbInvalidation.DR.in(low), IotlbInvalidation.DW.in(low),
                        high);
                default -> throw IommuException.of(Reason.NOT_SUPPORTED, "%s: no register does what the descriptor %s "
                        + "[%#x %#x] asks for", registers.unit(), QueueCounts.name(low), low, high);
            }
            counts.count(low);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void awaitIdle() {
        lock.lock(); // whoever holds it waits for the end of its own
        lock.unlock();
    }

    @Override
    public QueueCounts counts() {
        return counts;
    }

    @Override
    public QueuePlace place() {
        return QueuePlace.NONE;
    }
}
