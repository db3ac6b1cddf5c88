package org.iommu4j.amdvi.queues;

import org.iommu4j.driver.layout.Layout;

/**
 * INVALIDATE_IOMMU_ALL (section 2.4.8), where EFR.IASup has it: everything cached. The upper word is 0.
 * <pre>
 *  63   60 59                                                       0
 * +-------+----------------------------------------------------------+
 * | Op 8  |                            0                             |
 * +-------+----------------------------------------------------------+
 * </pre>
 */
public final class InvalidateAll {
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("INVALIDATE_IOMMU_ALL", 2, CommandKind.OP);
    /** Lower word. */
    public static final long WORD = CommandKind.INVALIDATE_IOMMU_ALL.op();

    private InvalidateAll() {
    }
}
