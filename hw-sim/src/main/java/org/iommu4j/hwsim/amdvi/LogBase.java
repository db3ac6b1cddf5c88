package org.iommu4j.hwsim.amdvi;

/**
 * Base and length of a buffer of 16-byte entries, and pointers into it. AMD 48882 section 3.4.2, 3.4.3 (base), 3.4.7 to
 * 3.4.10 (pointers).
 * <pre>
 *   63 60 59  56 55 52 51                12 11       0       63            19 18        4 3     0
 *  +-----+------+-----+--------------------+----------+     +----------------+-----------+-------+
 *  |  0  |length|  0  |        base        |    0     |     |       0        |  pointer  |   0   |
 *  +-----+------+-----+--------------------+----------+     +----------------+-----------+-------+
 * </pre>
 * Length is the log2 of the number of entries, 8 to 15. A smaller one is reserved: this unit then has 256.
 */
final class LogBase {
    private static final long BASE = 0x000f_ffff_ffff_f000L;
    private static final int LENGTH_SHIFT = 56;
    private static final long WRITABLE = BASE | 0xfL << LENGTH_SHIFT;
    private static final int SHORTEST = 8;
    private static final int ENTRY_LG2 = 4;
    private static final long POINTER = 0x7_fff0L;

    private LogBase() {
    }

    static long writable(long value) {
        return value & WRITABLE;
    }

    static long address(long register) {
        return register & BASE;
    }

    static long bytes(long register) {
        return 1L << Math.max(SHORTEST, (int) (register >>> LENGTH_SHIFT) & 0xf) + ENTRY_LG2;
    }

    /** A pointer as it can be written; what lies beyond the buffer wraps. */
    static long pointer(long value, long register) {
        return value & POINTER & bytes(register) - 1;
    }

    static long next(long pointer, long register) {
        return pointer + (1 << ENTRY_LG2) & bytes(register) - 1;
    }
}
