package org.iommu4j.replay.play;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How far the play is, and which event is to wait for a swap. Any thread. */
final class Progress {
    private static final int UNFIT_KEPT = 10;

    private final int total;
    private final AtomicInteger played = new AtomicInteger();
    private final AtomicLong livePages = new AtomicLong();
    private final AtomicLong peakPages = new AtomicLong();
    private final AtomicLong maps = new AtomicLong();
    private final AtomicLong unmaps = new AtomicLong();
    private final AtomicInteger unfit = new AtomicInteger();
    private final List<String> unfitTexts = Collections.synchronizedList(new ArrayList<>());
    private final Queue<Integer> marks = new ArrayDeque<>();
    private int swapsDue;
    private int swapsDone;
    private boolean over;

    /**
     * @param total map and unmap events of the plan
     * @param swapAt percentages, ascending
     */
    Progress(int total, List<Integer> swapAt) {
        this.total = total;
        swapAt.forEach(percent -> marks.add((int) ((long) total * percent / 100)));
    }

    /** One map or unmap has been played; waits where a swap is due and the one before has not ended. */
    void played() {
        int count = played.incrementAndGet();
        Integer mark;
        synchronized (this) {
            mark = marks.peek();
            if (mark == null || count < mark) {
                return;
            }
        }
        passMarks(count);
    }

    private synchronized void passMarks(int count) {
        while (!marks.isEmpty() && marks.peek() <= count) {
            while (swapsDone < swapsDue && !over) {
                await();
            }
            if (!marks.isEmpty() && marks.peek() <= count) {
                marks.remove();
                swapsDue++;
                notifyAll();
            }
        }
    }

    /** For the thread that swaps: waits until a swap is due. @return false once none is to come */
    synchronized boolean awaitSwap() {
        while (swapsDone == swapsDue && !over) {
            await();
        }
        return swapsDone < swapsDue;
    }

    synchronized void swapped() {
        swapsDone++;
        notifyAll();
    }

    /** No event is to come. */
    synchronized void end() {
        over = true;
        notifyAll();
    }

    private void await() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            over = true;
        }
    }

    void mapped(long pages) {
        maps.incrementAndGet();
        long now = livePages.addAndGet(pages);
        peakPages.accumulateAndGet(now, Math::max);
    }

    void unmapped(long pages) {
        unmaps.incrementAndGet();
        livePages.addAndGet(-pages);
    }

    void unfit(String text) {
        if (unfit.incrementAndGet() <= UNFIT_KEPT) {
            unfitTexts.add(text);
        }
    }

    int playedCount() {
        return played.get();
    }

    int total() {
        return total;
    }

    long maps() {
        return maps.get();
    }

    long unmaps() {
        return unmaps.get();
    }

    long livePages() {
        return livePages.get();
    }

    long peakPages() {
        return peakPages.get();
    }

    int unfitCount() {
        return unfit.get();
    }

    /** The first few, in words. */
    List<String> unfitTexts() {
        return List.copyOf(unfitTexts);
    }
}
