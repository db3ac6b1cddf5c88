package org.iommu4j.mm.page;

import java.util.concurrent.atomic.AtomicInteger;

/** How many pages may be put aside. Any thread. */
public final class SwapSpace {
    private final int limit;
    private final AtomicInteger used = new AtomicInteger();

    /** @param limit in pages */
    public SwapSpace(int limit) {
        this.limit = limit;
    }

    /** In pages. */
    public int used() {
        return used.get();
    }

    boolean reserve() {
        if (used.incrementAndGet() <= limit) {
            return true;
        }
        used.decrementAndGet();
        return false;
    }

    void giveBack() {
        used.decrementAndGet();
    }
}
