package org.iommu4j.amdvi.queues;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * COMPLETION_WAIT (section 2.4.1). Done when all commands before it are; then the data is stored, if s is set.
 * <pre>
 *          63   60 59  52 51                                             3  2   1   0
 *         +-------+------+-------------------------------------------------+---+---+---+
 * word 0  | Op 1  |  0   |                    StoreAddr                    | f | i | s |
 *         +-------+------+-------------------------------------------------+---+---+---+
 * word 1  |                                 StoreData                                  |
 *         +----------------------------------------------------------------------------+
 * </pre>
 */
public final class CompletionWait {
    private static final Field S = Field.bit("s", 0, 0);
    private static final Field STORE_ADDRESS = Field.address("StoreAddr", 0, 51, 3);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("COMPLETION_WAIT", 2, S, Field.bit("i", 0, 1), Field.bit("f", 0, 2),
            STORE_ADDRESS, CommandKind.OP, Field.bits("StoreData", 1, 63, 0));

    private CompletionWait() {
    }

    /** Lower word of one that stores; the upper word is the data. @param address multiple of 8 */
    public static long storing(long address) {
        return CommandKind.COMPLETION_WAIT.op() | STORE_ADDRESS.with(address) | S.mask();
    }

    /** Lower word of one that does nothing; the upper word is 0. */
    public static long idle() {
        return CommandKind.COMPLETION_WAIT.op();
    }
}
