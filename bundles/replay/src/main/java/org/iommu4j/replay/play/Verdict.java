package org.iommu4j.replay.play;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * What became of the transactions. <em>Lost</em>: refused although the mapping was in force from issue to completion.
 * <em>Wrong</em>: carried out elsewhere than the mapping says, or carried out although nothing allowed it. Any thread.
 */
public final class Verdict {
    private final LongAdder right = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder wrong = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder probeFaults = new LongAdder();
    private final AtomicReference<String> first = new AtomicReference<>();

    void right(long count) {
        right.add(count);
    }

    void lost(Mapping mapping, long iova) {
        lost.increment();
        first.compareAndSet(null, String.format("IOVA %#x of %s was refused although it was mapped to %#x", iova,
                mapping.owner.name(), mapping.pa + iova - mapping.at));
    }

    void wrong(String what, Object... arguments) {
        wrong.increment();
        first.compareAndSet(null, String.format(what, arguments));
    }

    void staleAccess() {
        stale.increment();
    }

    void probeFault() {
        probeFaults.increment();
    }

    /** Transactions that ended as they had to, probes left out. */
    public long right() {
        return right.sum();
    }

    public long lost() {
        return lost.sum();
    }

    public long wrong() {
        return wrong.sum();
    }

    /** Probes of what had been unmapped lazily that still reached the frame they had reached before. */
    public long stale() {
        return stale.sum();
    }

    /** Probes of what is not mapped, or not allowed, that were refused as they had to be. */
    public long probeFaults() {
        return probeFaults.sum();
    }

    /** The first transaction that was lost or wrong in words, or null. */
    public String first() {
        return first.get();
    }
}
