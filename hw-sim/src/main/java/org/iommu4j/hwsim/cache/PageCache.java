package org.iommu4j.hwsim.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A cache of pages of several sizes under a tag: an IOTLB, or the table pointers of a walk. Only sizes that have
 * ever been filled are probed. Any thread; allocates nothing.
 * <pre>
 *  key:   63      62    61 60      45 44             0
 *       +-------+--------+----------+----------------+
 *       | valid |  size  |   tag    | address / 4 KiB|     the address is aligned to the size
 *       +-------+--------+----------+----------------+
 * </pre>
 * A cache of more than four sizes needs one bit more for them, and has one less for the address.
 */
public final class PageCache {
    /** Most sizes that a cache can have. */
    public static final int MOST_SIZES = 8;
    /** So many bits of an address count if there are up to {@link #FEW_SIZES}, one less otherwise. */
    public static final int ADDRESS_BITS = 57;
    /** So many sizes fit the narrow form of a key. */
    public static final int FEW_SIZES = 4;

    private static final VarHandle PRESENT;
    private static final int GRANULE_LG2 = 12;
    private static final int TAG_BITS = 16;
    private static final long VALID = 1L << 63;

    static {
        try {
            PRESENT = MethodHandles.lookup().findVarHandle(PageCache.class, "present", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SetCache cache;
    private final int[] sizesLg2;
    private final long[] pageMasks = new long[MOST_SIZES];
    private final int tagShift;
    private final int sizeShift;
    /** Bit i: an entry of size i may be there. Set before a fill, never cleared: a fill may be on its way. */
    private int present;

    /** @param sizesLg2 page sizes, ascending, at most {@link #MOST_SIZES}, each at least 12 */
    public PageCache(CacheGeometry geometry, long seed, Generation generation, int... sizesLg2) {
        this.cache = new SetCache(geometry, 1, seed, generation);
        this.sizesLg2 = sizesLg2;
        this.tagShift = (sizesLg2.length > FEW_SIZES ? ADDRESS_BITS - 1 : ADDRESS_BITS) - GRANULE_LG2;
        this.sizeShift = tagShift + TAG_BITS;
        for (int i = 0; i < sizesLg2.length; i++) {
            pageMasks[i] = (1L << tagShift) - 1 & -1L << sizesLg2[i] - GRANULE_LG2;
        }
    }

    /** Bit i is set if a page of size i may be cached. */
    public int present() {
        return present;
    }

    /** The word of the page of one size that holds an address, or 0. Parameters as of {@link #find}. */
    public long get(int size, int tag, long address) {
        return cache.get(key(size, tag, address));
    }

    /**
     * The word of the smallest page that holds an address, or 0.
     *
     * @param tag 0 to 65535
     * @param address its lower bits count, {@link #ADDRESS_BITS} of them or one less
     */
    public long find(int tag, long address) {
        for (int rest = present; rest != 0; rest &= rest - 1) {
            long word = cache.get(key(Integer.numberOfTrailingZeros(rest), tag, address));
            if (word != 0) {
                return word;
            }
        }
        return 0;
    }

    /**
     * Caches a page, unless its tag is {@link TagTable#NONE}.
     *
     * @param size index into the sizes
     * @param word not 0; should hold what tells its size
     * @param remembered {@link Generation#current} from before the transaction read anything
     */
    public void put(int size, int tag, long address, long word, long remembered) {
        if (tag == TagTable.NONE) {
            return;
        }
        if ((present & 1 << size) == 0) {
            PRESENT.getAndBitwiseOr(this, 1 << size);
        }
        cache.put(key(size, tag, address), word, remembered);
    }

    /** Removes the pages of a tag that lie wholly inside a range; larger ones stay. */
    public void removeInside(int tag, long first, long last) {
        for (int rest = present; rest != 0; rest &= rest - 1) {
            int size = Integer.numberOfTrailingZeros(rest);
            long page = 1L << sizesLg2[size];
            long from = first + page - 1 & -page;
            if (last - first >= page - 1 && from + page - 1 <= last) {
                remove(size, tag, from, last + 1 & -page);
            }
        }
    }

    /** Removes the pages of a tag that have an address of a range. */
    public void removeTouching(int tag, long first, long last) {
        for (int rest = present; rest != 0; rest &= rest - 1) {
            removeTouching(Integer.numberOfTrailingZeros(rest), tag, first, last);
        }
    }

    /** Removes the pages of a tag and a size that have an address of a range. @param size index into the sizes */
    public void removeTouching(int size, int tag, long first, long last) {
        if ((present & 1 << size) != 0) {
            long page = 1L << sizesLg2[size];
            remove(size, tag, first & -page, (last & -page) + page);
        }
    }

    /** Removes everything. */
    public void clear() {
        cache.clear();
    }

    private void remove(int size, int tag, long from, long until) {
        if (until - from >>> sizesLg2[size] <= cache.capacity() / 4) {
            for (long at = from; at < until; at += 1L << sizesLg2[size]) {
                cache.remove(key(size, tag, at));
            }
        } else {
            cache.removeBetween(key(size, tag, from), key(size, tag, until - 1));
        }
    }

    private long key(int size, int tag, long address) {
        return VALID | (long) size << sizeShift | (long) tag << tagShift | address >>> GRANULE_LG2 & pageMasks[size];
    }
}
