package org.iommu4j.mm.process;

import java.util.function.BooleanSupplier;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.FaultResult;
import org.iommu4j.mm.area.Area;
import org.iommu4j.mm.page.Page;
import org.iommu4j.mm.page.PageStore;

/** Page faults of one process: first touch, copy-on-write, pages that were put aside. Under the process's lock. */
final class Faults {
    /** More tries than one fault needs frames; other processes may be faster to take what became free. */
    private static final int ROUNDS = 16;

    private final Space space;
    private final BooleanSupplier others;
    private volatile long count;

    /** @param others makes room in other processes; false if they have none */
    Faults(Space space, BooleanSupplier others) {
        this.space = space;
        this.others = others;
    }

    long count() {
        return count;
    }

    FaultResult handle(long address, int access) {
        count++;
        Area area = space.areas.find(address);
        if (area == null) {
            return FaultResult.NO_AREA;
        }
        if (area.access() == 0 || (access & ~area.access()) != 0) {
            return FaultResult.REFUSED;
        }
        long page = address & -PageStore.PAGE;
        int rounds = ROUNDS + space.residents.size();
        while (!tried(page, access, area.access())) {
            if (rounds-- == 0 || !makeRoom()) {
                return FaultResult.NO_MEMORY;
            }
        }
        return FaultResult.HANDLED;
    }

    private boolean makeRoom() {
        return space.evict() || !space.residents.isFull() && others.getAsBoolean();
    }

    /** @return false if memory does not suffice; what has been done until then stays and is of use to the next try */
    private boolean tried(long address, int access, int allowed) {
        try {
            boolean write = (access & Access.WRITE) != 0;
            // Tables first: they stay for the next try.
            space.table.reach(address);
            PageUse use = space.uses.get(address);
            if (use == null || !use.resident) {
                use = bringIn(use, address, write);
            } else if (write && use.page.isShared()) {
                ownCopy(use);
            }
            open(use, access, use.page.isShared() ? allowed & ~Access.WRITE : allowed);
            return true;
        } catch (IommuException e) {
            if (e.reason() != Reason.NO_MEMORY) {
                throw e;
            }
            return false;
        }
    }

    private PageUse bringIn(PageUse known, long address, boolean write) {
        space.checkLimit();
        if (known == null) {
            Page page = new Page(space.store);
            page.enter();
            PageUse fresh = new PageUse(address, page);
            space.uses.put(address, fresh);
            space.residents.add(fresh);
            return fresh;
        }
        if (write && known.page.isShared()) {
            Page copy = known.page.copy();
            known.page.drop(false, true);
            known.page = copy;
        } else {
            known.page.enter();
        }
        space.residents.add(known);
        return known;
    }

    /** Nobody writes to a shared page, so it may be copied while others still read it. */
    private void ownCopy(PageUse use) {
        Page copy = use.page.copy();
        boolean isSafe = space.close(use);
        use.page.drop(true, isSafe);
        use.page = copy;
    }

    private void open(PageUse use, int access, int allowed) {
        boolean write = (access & Access.WRITE) != 0;
        if (space.table.allows(space.table.load(use.address), access)) {
            // It may have been made so by another fault of the same page: only the marks may lack.
            space.table.translate(use.address, access);
            return;
        }
        long entry = space.table.touched(space.table.entry(use.page.frame(), allowed), write);
        long old = space.table.set(use.address, entry);
        if (space.table.isPresent(old)) {
            space.note(use, old);
            // More is allowed than before; a cached refusal could stay for ever.
            space.listeners.invalidate(use.address, use.address + PageStore.PAGE - 1, false);
        }
    }
}
