package org.iommu4j.core.iova;

import java.util.Arrays;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * The free pages of an address space: disjoint ranges that do not touch, in a treap ordered by start, each subtree
 * knowing its longest range. Nodes are columns of arrays; node 0 is the absent one. Page numbers are 0 to 2^52. Not
 * safe for use by several threads.
 */
final class FreeRanges {
    static final long NONE = -1;

    private static final int AT_FIRST = 64;
    private static final int ABSENT = 0;

    private long[] start = new long[AT_FIRST];
    private long[] last = new long[AT_FIRST];
    private long[] longest = new long[AT_FIRST];
    private int[] priority = new int[AT_FIRST];
    private int[] left = new int[AT_FIRST];
    private int[] right = new int[AT_FIRST];
    private int root;
    /** Head of the unused nodes, linked through {@code left}. */
    private int unused;
    private int nodes = 1;
    private int random = 0x9e3779b9;
    /** The two halves that {@link #split} has made. */
    private int below;
    private int above;

    /** All pages from {@code first} to {@code lastPage} are free. */
    FreeRanges(long first, long lastPage) {
        root = node(first, lastPage);
    }

    /**
     * Takes pages, as high as possible.
     *
     * @param pages how many
     * @param alignment of the first one, a power of two
     * @param limit the highest page that may be taken
     * @return the first page, or {@link #NONE}
     */
    long take(long pages, long alignment, long limit) {
        int found = highest(root, pages, alignment, limit);
        if (found == ABSENT) {
            return NONE;
        }
        long first = place(found, pages, alignment, limit);
        cut(found, first, first + pages - 1);
        return first;
    }

    /** Takes what is free of a range. */
    void takeAll(long first, long lastPage) {
        for (int node = atOrBelow(lastPage); node != ABSENT && last[node] >= first; node = atOrBelow(lastPage)) {
            cut(node, Math.max(first, start[node]), Math.min(lastPage, last[node]));
        }
    }

    /** Gives pages back. @throws IommuException INCOMPATIBLE if one of them is free; nothing changes then */
    void give(long first, long pages) {
        long lastPage = first + pages - 1;
        int lower = atOrBelow(lastPage);
        if (lower != ABSENT && last[lower] >= first) {
            throw IommuException.of(Reason.INCOMPATIBLE, "pages %#x to %#x are given back, but %#x to %#x are free",
                    first, lastPage, start[lower], last[lower]);
        }
        int upper = atOrBelow(lastPage + 1);
        long from = first;
        long to = lastPage;
        if (upper != lower) {
            to = last[upper];
            remove(upper);
        }
        if (lower != ABSENT && last[lower] == first - 1) {
            from = start[lower];
            remove(lower);
        }
        insert(node(from, to));
    }

    /** Sum of all free pages; walks the whole tree. */
    long free() {
        return free(root);
    }

    private long free(int node) {
        return node == ABSENT ? 0 : free(left[node]) + (last[node] - start[node] + 1) + free(right[node]);
    }

    private int highest(int node, long pages, long alignment, long limit) {
        if (longest[node] < pages) {
            return ABSENT;
        }
        if (start[node] <= limit) {
            int found = highest(right[node], pages, alignment, limit);
            if (found != ABSENT) {
                return found;
            }
            if (place(node, pages, alignment, limit) != NONE) {
                return node;
            }
        }
        return highest(left[node], pages, alignment, limit);
    }

    private long place(int node, long pages, long alignment, long limit) {
        long first = Math.min(last[node], limit) - pages + 1 & -alignment;
        return first >= start[node] ? first : NONE;
    }

    /** The range with the greatest start that is not above a page, or absent. */
    private int atOrBelow(long page) {
        int found = ABSENT;
        for (int node = root; node != ABSENT; ) {
            if (start[node] <= page) {
                found = node;
                node = right[node];
            } else {
                node = left[node];
            }
        }
        return found;
    }

    private void cut(int node, long first, long lastPage) {
        long from = start[node];
        long to = last[node];
        remove(node);
        if (from < first) {
            insert(node(from, first - 1));
        }
        if (lastPage < to) {
            insert(node(lastPage + 1, to));
        }
    }

    private void insert(int node) {
        split(root, start[node]);
        int higher = above;
        root = joined(joined(below, node), higher);
    }

    private void remove(int node) {
        long key = start[node];
        split(root, key);
        int lower = below;
        split(above, key + 1);
        root = joined(lower, above);
        left[node] = unused;
        unused = node;
    }

    /** Splits a tree into the ranges that start below a page and the others. */
    private void split(int node, long page) {
        if (node == ABSENT) {
            below = ABSENT;
            above = ABSENT;
        } else if (start[node] < page) {
            split(right[node], page);
            right[node] = below;
            measure(node);
            below = node;
        } else {
            split(left[node], page);
            left[node] = above;
            measure(node);
            above = node;
        }
    }

    private int joined(int lower, int higher) {
        if (lower == ABSENT || higher == ABSENT) {
            return lower == ABSENT ? higher : lower;
        }
        if (priority[lower] > priority[higher]) {
            right[lower] = joined(right[lower], higher);
            measure(lower);
            return lower;
        }
        left[higher] = joined(lower, left[higher]);
        measure(higher);
        return higher;
    }

    private void measure(int node) {
        longest[node] = Math.max(last[node] - start[node] + 1,
                Math.max(longest[left[node]], longest[right[node]]));
    }

    private int node(long first, long lastPage) {
        int node = unused;
        if (node != ABSENT) {
            unused = left[node];
        } else {
            node = nodes++;
            if (node == start.length) {
                grow();
            }
        }
        start[node] = first;
        last[node] = lastPage;
        left[node] = ABSENT;
        right[node] = ABSENT;
        priority[node] = nextRandom();
        measure(node);
        return node;
    }

    private int nextRandom() {
        random ^= random << 13;
        random ^= random >>> 17;
        random ^= random << 5;
        return random;
    }

    private void grow() {
        int length = start.length * 2;
        start = Arrays.copyOf(start, length);
        last = Arrays.copyOf(last, length);
        longest = Arrays.copyOf(longest, length);
        priority = Arrays.copyOf(priority, length);
        left = Arrays.copyOf(left, length);
        right = Arrays.copyOf(right, length);
    }
}
