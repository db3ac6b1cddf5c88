package org.iommu4j.smmuv3.entries;

import org.iommu4j.api.driver.AttachMethod;

/**
 * A change of a stream's entries that is in force; what translations are cached has not been dealt with. It is settled
 * when they are invalidated, or undone if that fails.
 *
 * @param method how it was made
 * @param settle frees what was replaced and is not read any more
 * @param undo puts back the old entries, by stores alone; what hardware may have read of the new ones is not freed
 */
public record StreamChange(AttachMethod method, Runnable settle, Runnable undo) {
}
