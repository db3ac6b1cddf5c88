package org.iommu4j.api.driver;

/** How a requester's translation was changed; the first that applies is taken. */
public enum AttachMethod {
    /** The entry was empty or blocking: nothing could be in flight that both configurations allow. */
    FRESH,
    /** The entry was changed in place in an order that keeps every mixture valid, or in one atomic store. */
    ENTRY_UPDATE,
    /** The table that holds the entry was copied, changed, and swung in by one store to its parent. */
    TABLE_SWING,
    /** The device was stopped at its source, because the architecture cannot change the entry otherwise. */
    PAUSED,
    /** Old and new were the same; nothing was done. */
    NONE
}
