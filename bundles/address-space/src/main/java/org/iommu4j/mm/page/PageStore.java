package org.iommu4j.mm.page;

import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * Where pages live on one machine.
 *
 * @param memory the machine's
 * @param frames of its pool, for processes
 */
public record PageStore(PhysicalMemory memory, PageAllocator frames, SwapSpace swap) {
    /** Log2 of the size of a page in bytes. */
    public static final int PAGE_LG2 = 12;
    /** Size of a page in bytes. */
    public static final int PAGE = 1 << PAGE_LG2;
}
