package org.iommu4j.hwsim.smmuv3;

/**
 * Base and index of a queue in memory. Arm IHI 0070, 3.5.1, 6.3.26 to 6.3.30.
 * <pre>
 *  base:  62    61 52 51        5 4        0        index:  19      n+1  n     n-1    0
 *        +-----+-----+-----------+----------+              +------------+----+---------+
 *        | RA  |  0  |   ADDR    | LOG2SIZE |              |  not used  |wrap| place   |   n = LOG2SIZE
 *        +-----+-----+-----------+----------+              +------------+----+---------+
 * </pre>
 */
final class QueuePosition {
    /** All bits of an index register that can be written, overflow flags aside. */
    static final int INDEX = 0xf_ffff;

    private static final long WRITABLE = 1L << 62 | 0xf_ffff_ffff_ffffL;
    private static final long ADDRESS = 0xf_ffff_ffff_ffe0L;
    private static final int SIZE = 0x1f;

    private QueuePosition() {
    }

    static long writable(long base) {
        return base & WRITABLE;
    }

    /** LOG2SIZE, cut to what the unit has. */
    static int sizeLg2(long base, int most) {
        return Math.min((int) base & SIZE, most);
    }

    /** Address of an entry: the queue is aligned to its size. */
    static long entry(long base, int index, int sizeLg2, int bytesLg2) {
        return (base & ADDRESS & -1L << sizeLg2 + bytesLg2) + ((long) (index & (1 << sizeLg2) - 1) << bytesLg2);
    }

    static int next(int index, int sizeLg2) {
        return index + 1 & (2 << sizeLg2) - 1;
    }

    static boolean empty(int producer, int consumer, int sizeLg2) {
        return ((producer ^ consumer) & (2 << sizeLg2) - 1) == 0;
    }

    static boolean full(int producer, int consumer, int sizeLg2) {
        return ((producer ^ consumer) & (2 << sizeLg2) - 1) == 1 << sizeLg2;
    }
}
