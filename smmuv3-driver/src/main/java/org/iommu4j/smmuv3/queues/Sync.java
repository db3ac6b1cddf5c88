package org.iommu4j.smmuv3.queues;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * CMD_SYNC (section 4.7.3): complete when all commands before it are, and what they promise of transactions holds; then
 * it is consumed and, with CS 1, MSIData is written to MSIAddr.
 * <pre>
 *          63                 32 31 28 27   24 23 22 21  14 13 12 11  8 7        0
 *         +---------------------+-----+-------+-----+------+-----+-----+---------+
 * word 0  |       MSIData       |  0  |MSIAttr| MSH |  0   | CS  |  0  |   Op    |
 *         +---------------------+-----+-------+-----+------+-----+-----+---------+
 *          63   52 51                                                2 1        0
 *         +-------+----------------------------------------------------+---------+
 * word 1  |   0   |                      MSIAddr                       |    0    |
 *         +-------+----------------------------------------------------+---------+
 * </pre>
 */
public final class Sync {
    private static final Field OP = Field.bits("Op", 0, 7, 0);
    /** 0 nothing, 1 a message, 2 an event to processors. */
    private static final Field CS = Field.bits("CS", 0, 13, 12);
    private static final Field MSH = Field.bits("MSH", 0, 23, 22);
    private static final Field MSIATTR = Field.bits("MSIAttr", 0, 27, 24);
    private static final Field MSIDATA = Field.bits("MSIData", 0, 63, 32);
    private static final Field MSIADDR = Field.address("MSIAddr", 1, 51, 2);
    /** CMD_SYNC. */
    public static final Layout LAYOUT = Layout.of("CMD_SYNC", 2, OP, CS, MSH, MSIATTR, MSIDATA, MSIADDR);

    static final int NUMBER = 0x46;
    private static final int MESSAGE = 1;
    private static final int INNER_SHAREABLE = 3;
    private static final int WRITE_BACK = 15;

    private Sync() {
    }

    /** Seen to be complete by the consumer register; the upper word is 0. */
    public static long polled() {
        return OP.with(NUMBER);
    }

    /** Lower word of one that writes to memory; the upper one is {@link #address}. */
    public static long writing(int data) {
        return OP.with(NUMBER) | CS.with(MESSAGE) | MSH.with(INNER_SHAREABLE) | MSIATTR.with(WRITE_BACK)
                | MSIDATA.with(Integer.toUnsignedLong(data));
    }

    /** Upper word. @param pa multiple of 4 */
    public static long address(long pa) {
        return MSIADDR.with(pa);
    }
}
