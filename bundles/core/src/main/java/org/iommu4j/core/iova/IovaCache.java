package org.iommu4j.core.iova;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One thread's freed blocks of 1, 2, 4, 8, 16 and 32 pages: a stack of two magazines for each size. Its lock is the
 * owner's alone except while another thread looks for the last free address, so taking it waits for nobody.
 */
final class IovaCache {
    /** Sizes that are cached: 2^0 to 2^5 pages. */
    static final int CLASSES = 6;
    /** Blocks that move between a cache and the depot at a time. */
    static final int MAGAZINE = 127;
    static final long NONE = -1;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    /** The words used have 128 bytes of their own on either side. */
    private static final int LOCK = 16;
    private static final int PAGES_IN_USE = 17;
    private static final int PADDED = 34;
    private static final int SPINS = 64;

    private final long[] words = new long[PADDED];
    private final long[][] stacks = new long[CLASSES][];
    private final int[] heights = new int[CLASSES];

    void lock() {
        for (int spins = 0; !WORD.compareAndSet(words, LOCK, 0L, 1L); spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    void unlock() {
        WORD.setRelease(words, LOCK, 0L);
    }

    /** Counts pages that were given to somebody, or came back if negative. By the owner. */
    void count(long pages) {
        WORD.setOpaque(words, PAGES_IN_USE, words[PAGES_IN_USE] + pages);
    }

    /** The sum over all caches is what is in use; one alone may be negative. */
    long counted() {
        return (long) WORD.getOpaque(words, PAGES_IN_USE);
    }

    /** Takes the newest block that ends at or below a page. Locked. @return its first page, or {@link #NONE} */
    long pop(int sizeClass, long limit) {
        long[] stack = stacks[sizeClass];
        int top = heights[sizeClass] - 1;
        long highest = limit - (1L << sizeClass) + 1;
        for (int at = top; at >= 0; at--) {
            long block = stack[at];
            if (block <= highest) {
                stack[at] = stack[top];
                heights[sizeClass] = top;
                return block;
            }
        }
        return NONE;
    }

    boolean isEmpty(int sizeClass) {
        return heights[sizeClass] == 0;
    }

    /** Keeps a block. Locked. @return false if there is no room */
    boolean push(int sizeClass, long block) {
        long[] stack = stack(sizeClass);
        int height = heights[sizeClass];
        if (height == stack.length) {
            return false;
        }
        stack[height] = block;
        heights[sizeClass] = height + 1;
        return true;
    }

    /** Fills an empty stack from the depot. Locked. */
    void refill(int sizeClass, Depot depot) {
        heights[sizeClass] = depot.take(sizeClass, stack(sizeClass));
    }

    /** Gives the oldest blocks, at most a magazine, to the depot, or to the tree if that is full. Locked. */
    void spill(int sizeClass, Depot depot, FreeRanges tree) {
        long[] stack = stacks[sizeClass];
        int given = Math.min(MAGAZINE, heights[sizeClass]);
        if (!depot.put(sizeClass, stack, given)) {
            giveBack(sizeClass, given, tree);
        }
        heights[sizeClass] -= given;
        System.arraycopy(stack, given, stack, 0, heights[sizeClass]);
    }

    /** Gives every block to the tree. Locked. */
    void drain(FreeRanges tree) {
        for (int sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
            giveBack(sizeClass, heights[sizeClass], tree);
            heights[sizeClass] = 0;
        }
    }

    private void giveBack(int sizeClass, int blocks, FreeRanges tree) {
        for (int i = 0; i < blocks; i++) {
            tree.give(stacks[sizeClass][i], 1L << sizeClass);
        }
    }

    private long[] stack(int sizeClass) {
        if (stacks[sizeClass] == null) {
            stacks[sizeClass] = new long[2 * MAGAZINE];
        }
        return stacks[sizeClass];
    }
}
