package org.iommu4j.exam.dma;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** What became of every transfer and every call. Any thread. */
public final class Tally {
    private static final int MAX_WORDS = 20;

    private final AtomicLong right = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong entered = new AtomicLong();
    private final AtomicLong returned = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final List<String> words = new CopyOnWriteArrayList<>();

    /** Transfers that ended as they had to, refused probes included. */
    public long right() {
        return right.get();
    }

    /** Transfers of a mapped page that the device was refused. */
    public long lost() {
        return lost.get();
    }

    /** Transfers that reached another page, or one that is not mapped any more. */
    public long wrong() {
        return wrong.get();
    }

    /** Calls of map and unmap that were begun. */
    public long entered() {
        return entered.get();
    }

    /** Calls of map and unmap that returned without an error. */
    public long returned() {
        return returned.get();
    }

    /** Calls that were answered DRIVER_GONE and then tried again. */
    public long refused() {
        return refused.get();
    }

    /** What went wrong, in words; the first few. */
    public List<String> words() {
        return words;
    }

    void isRight(long transfers) {
        right.addAndGet(transfers);
    }

    void isLost(String what) {
        lost.incrementAndGet();
        say(what);
    }

    void isWrong(String what) {
        wrong.incrementAndGet();
        say(what);
    }

    void enters() {
        entered.incrementAndGet();
    }

    void returns() {
        returned.incrementAndGet();
    }

    void isRefused() {
        refused.incrementAndGet();
    }

    void say(String what) {
        if (words.size() < MAX_WORDS) {
            words.add(what);
        }
    }
}
