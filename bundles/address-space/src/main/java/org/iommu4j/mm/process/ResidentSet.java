package org.iommu4j.mm.process;

import java.util.LinkedHashSet;
import org.iommu4j.mm.table.ProcessTable;

/**
 * The pages that a process has in memory, bounded. Which one goes is found by second chance: pages stand in line, one
 * that was used since it was last looked at goes back to the end, its mark cleared. The mark is cleared without telling
 * notifiers: a device that keeps the entry in a cache uses it without marking it again, and at worst faults on a page
 * that looked cold.
 */
final class ResidentSet {
    private final LinkedHashSet<PageUse> line = new LinkedHashSet<>();
    private final int limit;
    private final ProcessTable table;

    /** @param limit in pages */
    ResidentSet(int limit, ProcessTable table) {
        this.limit = limit;
        this.table = table;
    }

    boolean isFull() {
        return line.size() >= limit;
    }

    int size() {
        return line.size();
    }

    void add(PageUse use) {
        use.resident = true;
        line.add(use);
    }

    void remove(PageUse use) {
        use.resident = false;
        line.remove(use);
    }

    /** A page that is cold and for which there is room elsewhere, or null. */
    PageUse coldest() {
        for (int looks = 2 * line.size(); looks > 0; looks--) {
            PageUse first = line.iterator().next();
            if (!table.age(first.address) && first.page.reserve()) {
                return first;
            }
            line.remove(first);
            line.add(first);
        }
        return null;
    }
}
