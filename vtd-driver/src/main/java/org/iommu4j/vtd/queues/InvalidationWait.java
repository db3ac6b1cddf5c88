package org.iommu4j.vtd.queues;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Invalidation wait descriptor (section 6.5.2.8). Complete when all descriptors before it are; then SDATA is written to
 * SADDR.
 * <pre>
 *          63                                                         2 1      0
 *         +------------------------------------------------------------+--------+
 * word 1  |                           SADDR                            |   0    |
 *         +------------------------------------------------------------+--------+
 *          63                             32 31     8  7   6   5   4  3        0
 *         +---------------------------------+--------+---+---+---+---+----------+
 * word 0  |              SDATA              |   0    |PD |FN |SW |IF |  Type 5  |
 *         +---------------------------------+--------+---+---+---+---+----------+
 * </pre>
 */
public final class InvalidationWait {
    private static final Field TYPE = Field.bits("Type", 0, 3, 0);
    private static final Field SW = Field.bit("SW", 0, 5);
    private static final Field SDATA = Field.bits("SDATA", 0, 63, 32);
    private static final Field SADDR = Field.address("SADDR", 1, 63, 2);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("inv_wait", 2, TYPE, Field.bit("IF", 0, 4), SW,
            Field.bit("FN", 0, 6), Field.bit("PD", 0, 7), SDATA, SADDR);

    /** Descriptor type. */
    static final int NUMBER = 5;

    private InvalidationWait() {
    }

    /** Lower word; the upper one is the status address. @param data what is written there */
    public static long statusWrite(int data) {
        return TYPE.with(NUMBER) | SW.mask() | SDATA.with(Integer.toUnsignedLong(data));
    }

    /** Upper word. @param address multiple of 4 */
    public static long statusAddress(long address) {
        return SADDR.with(address);
    }
}
