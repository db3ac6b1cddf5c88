package org.iommu4j.hwsim.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A cache of naturally aligned spans of every power of two from 4 KiB on, under a tag: an IOTLB of an architecture
 * whose pages have many sizes, or the table pointers of a walk that skips levels. Only sizes that have ever been filled
 * are probed. Any thread; allocates nothing.
 * <pre>
 *  key:   63      62      47 46                                0
 *       +-------+-----------+----------------------------------+
 *       | valid |    tag    |  address / 4 KiB  | 0 | 1 ... 1  |     as many ones as the span has bits of 4 KiB pages
 *       +-------+-----------+----------------------------------+
 * </pre>
 * So keys sort as spans nest: the spans inside a block are the keys from the block's first page of 4 KiB to its last
 * one, and those around it are none of these.
 */
public final class SpanCache {
    /** So many bits of an address can be cached; what lies above is never found, and never kept. */
    public static final int ADDRESS_BITS = 58;

    private static final VarHandle PRESENT;
    private static final int PAGE_LG2 = 12;
    private static final int TAG_SHIFT = ADDRESS_BITS - PAGE_LG2 + 1;
    private static final long VALID = 1L << 63;

    static {
        try {
            PRESENT = MethodHandles.lookup().findVarHandle(SpanCache.class, "present", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SetCache cache;
    /** Bit i: a span of 2^(12 + i) may be there. Set before a fill, never cleared: a fill may be on its way. */
    private long present;

    public SpanCache(CacheGeometry geometry, long seed, Generation generation) {
        this.cache = new SetCache(geometry, 1, seed, generation);
    }

    /** The word of the smallest span that holds an address, or 0. @param tag 0 to 65535 */
    public long find(int tag, long address) {
        if (address >>> ADDRESS_BITS == 0) {
            for (long rest = present; rest != 0; rest &= rest - 1) {
                long word = cache.get(key(tag, address, PAGE_LG2 + Long.numberOfTrailingZeros(rest)));
                if (word != 0) {
                    return word;
                }
            }
        }
        return 0;
    }

    /** The word of the span of one size that holds an address, or 0. @param lg2 of the size, 12 to 58 */
    public long get(int tag, long address, int lg2) {
        boolean possible = address >>> ADDRESS_BITS == 0 && (present >>> lg2 - PAGE_LG2 & 1) != 0;
        return possible ? cache.get(key(tag, address, lg2)) : 0;
    }

    /**
     * Caches a span, unless its tag is {@link TagTable#NONE} or its address has too many bits.
     *
     * @param lg2 of the size, 12 to 58
     * @param word not 0; should hold what tells its size
     * @param remembered {@link Generation#current} from before the transaction read anything
     */
    public void put(int tag, long address, int lg2, long word, long remembered) {
        if (tag == TagTable.NONE || address >>> ADDRESS_BITS != 0) {
            return;
        }
        long size = 1L << lg2 - PAGE_LG2;
        if ((present & size) == 0) {
            PRESENT.getAndBitwiseOr(this, size);
        }
        cache.put(key(tag, address, lg2), word, remembered);
    }

    /** Removes the spans of a tag that lie wholly inside a block; larger ones stay. @param lg2 of its size, 12 to 64 */
    public void removeInside(int tag, long address, int lg2) {
        int block = Math.min(lg2, ADDRESS_BITS);
        if (address >>> ADDRESS_BITS != 0 && lg2 <= ADDRESS_BITS) {
            return;
        }
        long inside = present & -1L >>> Long.SIZE - 1 - (block - PAGE_LG2);
        long keys = 0;
        for (long rest = inside; rest != 0; rest &= rest - 1) {
            keys += 1L << block - PAGE_LG2 - Long.numberOfTrailingZeros(rest);
        }
        long base = lg2 > ADDRESS_BITS ? 0 : address & -1L << block;
        if (keys <= cache.capacity() / 4) {
            for (long rest = inside; rest != 0; rest &= rest - 1) {
                removeEach(tag, base, block, PAGE_LG2 + Long.numberOfTrailingZeros(rest));
            }
        } else {
            cache.removeBetween(key(tag, base, PAGE_LG2), key(tag, base + (1L << block) - 1, PAGE_LG2));
        }
    }

    /** Removes the spans of a tag that have an address of a block: those inside it and those around it. */
    public void removeTouching(int tag, long address, int lg2) {
        removeInside(tag, address, lg2);
        for (long rest = lg2 >= ADDRESS_BITS ? 0 : present & -1L << lg2 - PAGE_LG2 + 1; rest != 0; rest &= rest - 1) {
            cache.remove(key(tag, address, PAGE_LG2 + Long.numberOfTrailingZeros(rest)));
        }
    }

    /** Removes everything. */
    public void clear() {
        cache.clear();
    }

    private void removeEach(int tag, long base, int block, int lg2) {
        for (long i = 0; i < 1L << block - lg2; i++) {
            cache.remove(key(tag, base + (i << lg2), lg2));
        }
    }

    private static long key(int tag, long address, int lg2) {
        long pages = address >>> PAGE_LG2 & -1L << lg2 - PAGE_LG2;
        return VALID | (long) tag << TAG_SHIFT | pages << 1 | (1L << lg2 - PAGE_LG2) - 1;
    }
}
