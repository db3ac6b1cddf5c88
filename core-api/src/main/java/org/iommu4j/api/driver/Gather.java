package org.iommu4j.api.driver;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one thread's unmaps have left to be invalidated and freed, and where its last walk was. Owned by one thread at a
 * time; used again and again, so that unmapping allocates nothing once it has grown.
 */
public final class Gather {
    /** Length of {@link #cursor()}. */
    public static final int CURSOR = 64;

    private static final AtomicLong STAMPS = new AtomicLong();

    private final long[] cursor = new long[CURSOR];
    private long start = -1;
    private long last;
    private long pageSizes;
    private long[] tables = new long[16];
    private int tableCount;

    /** Adds unmapped pages: an inclusive range, and the size of its pages. */
    public void add(long rangeStart, long rangeLast, int pageSizeLg2) {
        if (Long.compareUnsigned(rangeStart, start) < 0) {
            start = rangeStart;
        }
        if (Long.compareUnsigned(rangeLast, last) > 0) {
            last = rangeLast;
        }
        pageSizes |= 1L << pageSizeLg2;
    }

    /** Adds the frame of a table that is no longer linked; hardware may walk it until the invalidation completes. */
    public void addTable(long pa) {
        if (tableCount == tables.length) {
            tables = Arrays.copyOf(tables, tableCount * 2);
        }
        tables[tableCount++] = pa;
    }

    /**
     * Moves pages and tables of another gather here; the other is clear afterwards, the cursors stay where they are.
     * What this one has gathered then is all that one {@link DriverDomain#sync} needs to know of both.
     */
    public void take(Gather other) {
        if (Long.compareUnsigned(other.start, start) < 0) {
            start = other.start;
        }
        if (Long.compareUnsigned(other.last, last) > 0) {
            last = other.last;
        }
        pageSizes |= other.pageSizes;
        for (int i = 0; i < other.tableCount; i++) {
            addTable(other.tables[i]);
        }
        other.clear();
    }

    /** True if no page was added. */
    public boolean isEmpty() {
        return pageSizes == 0;
    }

    /** First IOVA; meaningless while empty. */
    public long start() {
        return start;
    }

    /** Last IOVA, inclusive. */
    public long last() {
        return last;
    }

    /** Bit n set: a page of 2^n bytes was unmapped. */
    public long pageSizes() {
        return pageSizes;
    }

    public int tableCount() {
        return tableCount;
    }

    public long table(int index) {
        return tables[index];
    }

    /** Forgets pages and tables; the cursor stays. */
    public void clear() {
        start = -1;
        last = 0;
        pageSizes = 0;
        tableCount = 0;
    }

    /**
     * Words in which a driver remembers where its last walks of this thread ended; zeroed by core whenever another
     * driver takes charge. What a driver keeps there must name the domain and its generation, and hold no address that
     * could be used after the domain's table was freed.
     */
    public long[] cursor() {
        return cursor;
    }

    /**
     * A number that nobody else gets, whatever bundle asks, never 0: the name under which a driver keeps words in
     * cursors. A table takes a new one when what was kept under the old one is no longer true.
     */
    public static long newStamp() {
        return STAMPS.incrementAndGet();
    }
}
