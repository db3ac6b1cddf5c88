package org.iommu4j.mm.process;

import org.iommu4j.mm.page.Page;

/** A page at its place in one process. Guarded by the process's lock. */
final class PageUse {
    final long address;
    Page page;
    /** Whether this process counts among those that have the page in memory; if not, its entry is empty. */
    boolean resident;

    PageUse(long address, Page page) {
        this.address = address;
        this.page = page;
    }
}
