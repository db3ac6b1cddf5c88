package org.iommu4j.amdvi.queues;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * INVALIDATE_DEVTAB_ENTRY (section 2.4.2): what is cached of one device table entry. The upper word is 0.
 * <pre>
 *  63   60 59                                      16 15            0
 * +-------+------------------------------------------+---------------+
 * | Op 2  |                    0                     |   DeviceID    |
 * +-------+------------------------------------------+---------------+
 * </pre>
 */
public final class InvalidateEntry {
    private static final Field DEVICE = Field.bits("DeviceID", 0, 15, 0);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("INVALIDATE_DEVTAB_ENTRY", 2, DEVICE, CommandKind.OP);

    private InvalidateEntry() {
    }

    /** Lower word. */
    public static long of(int requester) {
        return CommandKind.INVALIDATE_DEVTAB_ENTRY.op() | DEVICE.with(requester);
    }
}
