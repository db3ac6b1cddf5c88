package org.iommu4j.core.iova;

import java.util.Arrays;

/**
 * Freed blocks that full caches have left for empty ones, by size class. Bounded; what does not fit goes back to the
 * tree. Not safe for use by several threads.
 */
final class Depot {
    /** Magazines that are kept of each class. */
    static final int MAGAZINES = 32;

    private final long[][] blocks = new long[IovaCache.CLASSES][0];
    private final int[] count = new int[IovaCache.CLASSES];

    /** Takes the first {@code offered} blocks of an array if there is room for them. */
    boolean put(int sizeClass, long[] from, int offered) {
        int held = count[sizeClass];
        if (held + offered > MAGAZINES * IovaCache.MAGAZINE) {
            return false;
        }
        if (held + offered > blocks[sizeClass].length) {
            blocks[sizeClass] = Arrays.copyOf(blocks[sizeClass], Math.max(held * 2, held + IovaCache.MAGAZINE));
        }
        System.arraycopy(from, 0, blocks[sizeClass], held, offered);
        count[sizeClass] = held + offered;
        return true;
    }

    /** Moves at most a magazine of blocks to the begin of an array. @return how many */
    int take(int sizeClass, long[] into) {
        int taken = Math.min(IovaCache.MAGAZINE, count[sizeClass]);
        count[sizeClass] -= taken;
        System.arraycopy(blocks[sizeClass], count[sizeClass], into, 0, taken);
        return taken;
    }

    int held(int sizeClass) {
        return count[sizeClass];
    }
}
