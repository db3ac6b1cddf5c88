package org.iommu4j.smmuv3.queues;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Commands that invalidate what is cached of stream tables and CD tables (section 4.3).
 * <pre>
 *          63                32 31          12 11 10  9  8 7        0
 *         +--------------------+--------------+--+----+----+---------+
 * word 0  |        SID         |     SSID     |0 |SSec| 0  |   Op    |
 *         +--------------------+--------------+--+----+----+---------+
 *          63                                   5 4   1     0
 *         +--------------------------------------+-----+-------------+
 * word 1  |                  0                   | Range, 4-0 or Leaf |
 *         +--------------------------------------+-----+-------------+
 * </pre>
 * Range n: 2^(n+1) streams; 31: all.
 */
public final class Configuration {
    private static final Field OP = Field.bits("Op", 0, 7, 0);
    private static final Field SSEC = Field.bit("SSec", 0, 10);
    private static final Field SSID = Field.bits("SSID", 0, 31, 12);
    private static final Field SID = Field.bits("SID", 0, 63, 32);
    private static final Field LEAF = Field.bit("Leaf", 1, 0);
    private static final Field RANGE = Field.bits("Range", 1, 4, 0);
    /** CFGI_STE. */
    public static final Layout STE = Layout.of("CFGI_STE", 2, OP, SSEC, SID, LEAF);
    /** CFGI_STE_RANGE, and CFGI_ALL. */
    public static final Layout STE_RANGE = Layout.of("CFGI_STE_RANGE", 2, OP, SSEC, SID, RANGE);
    /** CFGI_CD. */
    public static final Layout CD = Layout.of("CFGI_CD", 2, OP, SSEC, SSID, SID, LEAF);
    /** CFGI_CD_ALL. */
    public static final Layout CD_ALL = Layout.of("CFGI_CD_ALL", 2, OP, SSEC, SID);

    static final int STE_OP = 0x03;
    static final int STE_RANGE_OP = 0x04;
    static final int CD_OP = 0x05;
    static final int CD_ALL_OP = 0x06;
    private static final int ALL = 31;

    private Configuration() {
    }

    /** One STE; the upper word is {@link #leaf}. */
    public static long stream(int stream) {
        return OP.with(STE_OP) | SID.with(Integer.toUnsignedLong(stream));
    }

    /** Upper word. @param only true if no entry of level 1 changed */
    public static long leaf(boolean only) {
        return LEAF.with(only ? 1 : 0);
    }

    /** STEs of several streams, and their entries of level 1; the upper word is {@link #range}. */
    public static long streams(int first) {
        return OP.with(STE_RANGE_OP) | SID.with(Integer.toUnsignedLong(first));
    }

    /** Upper word. @param streamsLg2 1 to 31 */
    public static long range(int streamsLg2) {
        return RANGE.with(streamsLg2 - 1);
    }

    /** Upper word for everything. */
    public static long all() {
        return RANGE.with(ALL);
    }

    /** All CDs of a stream with their entries of level 1; the upper word is 0. */
    public static long contexts(int stream) {
        return OP.with(CD_ALL_OP) | SID.with(Integer.toUnsignedLong(stream));
    }
}
