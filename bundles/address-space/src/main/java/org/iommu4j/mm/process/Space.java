package org.iommu4j.mm.process;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.sva.Access;
import org.iommu4j.mm.area.Areas;
import org.iommu4j.mm.page.PageStore;
import org.iommu4j.mm.table.Cpu;
import org.iommu4j.mm.table.ProcessTable;

/**
 * The memory of one process: what its lock guards. Every change goes the same way: entries in the table first, then the
 * listeners, then pages and tables are given up.
 */
final class Space {
    final PageStore store;
    final Areas areas;
    final ProcessTable table;
    final Listeners listeners;
    final ResidentSet residents;
    final int limit;
    /** Every page that was touched, by its address. */
    final TreeMap<Long, PageUse> uses = new TreeMap<>();
    private long reclaimed;

    /**
     * @param limit most pages in memory
     * @throws IommuException NO_MEMORY
     */
    Space(PageStore store, Cpu cpu, Areas areas, int limit, Listeners listeners) {
        this.store = store;
        this.areas = areas;
        this.table = new ProcessTable(cpu, store);
        this.listeners = listeners;
        this.limit = limit;
        this.residents = new ResidentSet(limit, table);
    }

    long reclaimed() {
        return reclaimed;
    }

    void unmap(long first, long last) {
        areas.remove(first, last);
        Collection<PageUse> gone = within(first, last).values();
        boolean any = false;
        for (PageUse use : gone) {
            any |= emptied(use);
        }
        long above = areas.firstAbove(last);
        table.prune(areas.lastBelow(first) + 1, above < 0 ? table.lastAddress() : above - 1);
        boolean isSafe = tellOfUnmap(first, last, any);
        for (PageUse use : gone) {
            use.page.drop(use.resident, isSafe);
            residents.remove(use);
        }
        gone.clear();
    }

    private boolean tellOfUnmap(long first, long last, boolean any) {
        boolean tables = table.hasUnlinked();
        if (!tables) {
            return !any || listeners.invalidate(first, last, false);
        }
        boolean isSafe = listeners.invalidate(Math.min(first, table.unlinkedFirst()),
                Math.max(last, table.unlinkedLast()), true);
        if (isSafe) {
            table.freeTables();
        } else {
            table.loseTables();
        }
        return isSafe;
    }

    void protect(long first, long last, int access) {
        areas.protect(first, last, access);
        boolean any = false;
        for (PageUse use : within(first, last).values()) {
            long old = table.load(use.address);
            if (table.isPresent(old)) {
                int allowed = use.page.isShared() ? access & ~Access.WRITE : access;
                note(use, allowed == 0 ? table.clear(use.address)
                        : table.set(use.address, table.entry(use.page.frame(), allowed)));
                any = true;
            }
        }
        if (any) {
            listeners.invalidate(first, last, false);
        }
    }

    /**
     * Has a child share every page; no entry of this one allows writing any more.
     *
     * @throws IommuException IO
     */
    void shareWith(Space child) {
        boolean any = false;
        for (PageUse use : uses.values()) {
            long entry = table.load(use.address);
            if (table.allows(entry, Access.WRITE)) {
                int allowed = areas.find(use.address).access() & ~Access.WRITE;
                note(use, table.set(use.address, table.entry(use.page.frame(), allowed)));
                any = true;
            }
        }
        if (any && !listeners.invalidate(uses.firstKey(), uses.lastKey() + PageStore.PAGE - 1, false)) {
            throw new IommuException(Reason.IO, "a notifier failed: somebody may still write what a fork shares");
        }
        uses.forEach((address, use) -> child.uses.put(address, new PageUse(address, use.page.share())));
    }

    /** Takes the coldest page away. @return false if there is none */
    boolean evict() {
        PageUse use = residents.coldest();
        if (use == null) {
            return false;
        }
        boolean isSafe = close(use);
        residents.remove(use);
        use.page.leave(isSafe);
        reclaimed++;
        return true;
    }

    /** Empties an entry and tells of it. @return whether nobody uses it any more */
    boolean close(PageUse use) {
        return !emptied(use) || listeners.invalidate(use.address, use.address + PageStore.PAGE - 1, false);
    }

    /** Keeps what an entry that was replaced tells of its page. */
    void note(PageUse use, long old) {
        if (table.isDirty(old)) {
            use.page.wrote();
        }
    }

    /** @throws IommuException NO_MEMORY if one page more would be too many */
    void checkLimit() {
        if (residents.isFull()) {
            throw IommuException.of(Reason.NO_MEMORY, "%d pages in memory, the limit is %d", residents.size(), limit);
        }
    }

    /** The end: everything is given up. */
    void release() {
        boolean isSafe = listeners.release();
        for (PageUse use : uses.values()) {
            emptied(use);
            use.page.drop(use.resident, isSafe);
        }
        uses.clear();
        if (isSafe) {
            table.free();
        }
    }

    private boolean emptied(PageUse use) {
        long old = table.clear(use.address);
        note(use, old);
        return table.isPresent(old);
    }

    private Map<Long, PageUse> within(long first, long last) {
        return uses.subMap(first, true, last, true);
    }
}
