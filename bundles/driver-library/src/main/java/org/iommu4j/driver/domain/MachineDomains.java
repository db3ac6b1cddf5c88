package org.iommu4j.driver.domain;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.driver.memory.FlushedFrames;
import org.iommu4j.pagetable.PageTable;

/**
 * The paging domains of one machine. A domain belongs to no unit: all units of the machine that this driver has find
 * the same object by core's number. Any thread. Where tables grow, the monitor of this object is held while an entry of
 * a requester changes, so that none keeps an old root.
 */
public final class MachineDomains<F extends TableForm> {
    private final Map<Long, PagingDomain<F>> domains = new ConcurrentHashMap<>();

    /** A new, empty domain. @throws IommuException EXISTS, NO_MEMORY */
    public PagingDomain<F> allocate(Unit unit, long id, F form) {
        if (domains.containsKey(id)) {
            throw IommuException.of(Reason.EXISTS, "there is a domain %d on machine %s already", id,
                    unit.machine().name());
        }
        PageTable table = PageTable.create(form.format(), unit.memory(), frames(form, unit));
        return add(id, form, table, unit);
    }

    /**
     * The domain that a former driver's record names; another unit's record may have named it before.
     *
     * @throws IommuException BAD_INPUT if the two records contradict each other
     */
    public PagingDomain<F> adopt(Unit unit, long id, F form, long root) {
        PagingDomain<F> known = domains.get(id);
        if (known == null) {
            return add(id, form, PageTable.adopt(form.format(), unit.memory(), frames(form, unit), root), unit);
        }
        checkSame(known, form, root);
        return known;
    }

    /** @throws IommuException BAD_INPUT if a domain of this number is known and is another one */
    public void checkSame(long id, F form, long root) {
        PagingDomain<F> known = domains.get(id);
        if (known != null) {
            checkSame(known, form, root);
        }
    }

    /** The domains that a unit has to name to its next driver, by number. */
    public List<PagingDomain<F>> knownTo(DomainCaches<F> unit) {
        return domains.values().stream().filter(domain -> domain.isKnownTo(unit))
                .sorted(Comparator.comparingLong(PagingDomain<F>::id)).toList();
    }

    /** The domain of a number, or null. */
    public PagingDomain<F> find(long id) {
        return domains.get(id);
    }

    /** A unit has another driver, or is off: its domains that nobody else uses are the other driver's, or nobody's. */
    public void forgetUnit(DomainCaches<F> unit) {
        domains.values().removeIf(domain -> domain.forgetUnit(unit));
    }

    void remove(PagingDomain<F> domain) {
        domains.remove(domain.id());
    }

    private void checkSame(PagingDomain<F> known, F form, long root) {
        if (known.root() != root || !known.form().equals(form)) {
            throw IommuException.of(Reason.BAD_INPUT, "domain %d: one unit's record says root %#x %s, another's %#x %s",
                    known.id(), known.root(), known.form(), root, form);
        }
    }

    private PageAllocator frames(F form, Unit unit) {
        return form.flushed() ? new FlushedFrames(unit.frames(), unit.machine()) : unit.frames();
    }

    private PagingDomain<F> add(long id, F form, PageTable table, Unit unit) {
        PagingDomain<F> domain = new PagingDomain<>(id, form, table, unit, this);
        domains.put(id, domain);
        return domain;
    }
}
