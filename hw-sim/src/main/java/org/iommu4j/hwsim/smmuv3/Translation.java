package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.api.Protection;

/**
 * A translation as the IOTLB keeps it, of one stage or both.
 * <pre>
 *   63   61 60   58 57   55 54   52 51     12   11    10     9   7 6   4   3    2  0
 *  +-------+-------+-------+-------+---------+------+------+------+-----+-----+------+
 *  | 2 priv| 2 user| 1 priv| 1 user| ADDRESS |PASSES|GLOBAL| USABLE     |  1  | size |    rights: X, W, R
 *  +-------+-------+-------+-------+---------+------+------+------+-----+-----+------+
 * </pre>
 * What the first and the second stage allow, to privileged and to user accesses; USABLE, privileged and user too, is
 * the part of both that needs no further look at the tables: where the dirty state is kept, a page that is not yet
 * dirty can be read, and a write walks again to mark it. PASSES: it must not be cached, because a descriptor is not
 * marked as accessed. GLOBAL: it is good for all ASIDs.
 */
final class Translation {
    static final long ADDRESS = 0xf_ffff_ffff_f000L;
    static final long PRESENT = 1 << 3;
    static final long GLOBAL = 1 << 10;
    static final long PASSES = 1 << 11;
    /** Log2 of pages and blocks, ascending; the field size is an index into it. */
    static final int[] SIZES = {12, 14, 16, 21, 25, 29, 30};

    static final int READ = Protection.READ;
    static final int WRITE = Protection.WRITE;
    static final int EXECUTE = 4;
    static final int ALL = READ | WRITE | EXECUTE;

    private static final int SIZE = 0b111;
    private static final int KIND = 3;
    private static final long BOTH = 0b111111;
    private static final int USABLE = 4;
    private static final int FIRST = 52;
    private static final int SECOND = 58;
    private static final long WRITES = (long) WRITE << KIND | WRITE;

    private Translation() {
    }

    /** Index of a size. @param lg2 one of {@link #SIZES} */
    static int size(int lg2) {
        int size = 0;
        while (SIZES[size] != lg2) {
            size++;
        }
        return size;
    }

    static int size(long word) {
        return (int) word & SIZE;
    }

    /** Bytes of the page, less one. */
    static long within(long word) {
        return (1L << SIZES[(int) word & SIZE]) - 1;
    }

    /** Both kinds of rights in one, as the methods here take them. */
    static long rights(int user, int privileged) {
        return (long) privileged << KIND | user;
    }

    /** @param clean the page must be marked before it is written */
    static long first(long address, int size, long rights, boolean clean) {
        return address | PRESENT | size | rights << FIRST | BOTH << SECOND | usable(rights, clean);
    }

    /** As {@link #first}. */
    static long second(long address, int size, long rights, boolean clean) {
        return address | PRESENT | size | BOTH << FIRST | rights << SECOND | usable(rights, clean);
    }

    /** What both stages give together, for the smaller of their pages around an address. */
    static long combine(long word1, long word2, long ipa) {
        long smaller = Math.min(size(word1), size(word2));
        long pa = word2 & ADDRESS | ipa & within(word2);
        return pa & -1L << SIZES[(int) smaller] | smaller | PRESENT | (word1 | word2) & PASSES | word1 & GLOBAL
                | word1 & word2 & BOTH << USABLE | word1 & BOTH << FIRST | word2 & BOTH << SECOND;
    }

    /** Whether an access needs no further look at the tables. @param kind 0 user, 3 privileged */
    static boolean usable(long word, int kind, int need) {
        return (need & ~(int) (word >>> USABLE + kind)) == 0;
    }

    static boolean firstAllows(long word, int kind, int need) {
        return (need & ~(int) (word >>> FIRST + kind)) == 0;
    }

    static boolean secondAllows(long word, int kind, int need) {
        return (need & ~(int) (word >>> SECOND + kind)) == 0;
    }

    private static long usable(long rights, boolean clean) {
        return (clean ? rights & ~WRITES : rights) << USABLE;
    }
}
