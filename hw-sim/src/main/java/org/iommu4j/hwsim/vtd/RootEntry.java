package org.iommu4j.hwsim.vtd;

/**
 * Root entry: one a bus, 16 bytes. VT-d specification 9.1 (legacy mode), 9.2 (scalable mode).
 * <pre>
 *  legacy     63          HAW  12 11     1  0        high word: reserved
 *            +---------+---------+--------+---+
 *            |    0    |   CTP   |   0    | P |
 *            +---------+---------+--------+---+
 *  scalable: the same in both words, LP and LCTP (devices 0 to 15), UP and UCTP (16 to 31)
 * </pre>
 */
final class RootEntry {
    static final int BYTES_LG2 = 4;
    static final long P = 1;

    private static final long LOW_RESERVED = 0xffeL;

    private RootEntry() {
    }

    static long reserved(VtdCapabilities caps) {
        return LOW_RESERVED | caps.beyondPhysical();
    }
}
