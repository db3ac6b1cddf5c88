package org.iommu4j.amdvi.queues;

import org.iommu4j.driver.layout.Field;

/** The commands that the driver sends, by the operation code in bits 63 to 60 of the lower word (section 2.4). */
public enum CommandKind {
    COMPLETION_WAIT(1),
    INVALIDATE_DEVTAB_ENTRY(2),
    INVALIDATE_IOMMU_PAGES(3),
    INVALIDATE_IOMMU_ALL(8);

    /** The operation code. */
    static final Field OP = Field.bits("Op", 0, 63, 60);

    private final int code;

    CommandKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** The operation code in its place. */
    long op() {
        return OP.with(code);
    }
}
