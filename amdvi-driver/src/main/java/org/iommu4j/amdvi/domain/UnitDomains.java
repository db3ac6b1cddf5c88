package org.iommu4j.amdvi.domain;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.iommu4j.amdvi.entries.Translation;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.driver.domain.BlockedDomain;
import org.iommu4j.driver.domain.IdentityDomain;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.driver.domain.PagingDomain;

/**
 * One unit's domain ids and the domains that it knows: those with requesters here, and those that were allocated here.
 * Id 0 is that of blocked requesters, 1 of those that pass untranslated, the others are handed out. Control operations:
 * one thread at a time, with the monitor of the machine's domains; {@link PagingDomain#free} runs beside them.
 */
public final class UnitDomains {
    /** How many domain ids a unit tells apart. */
    public static final int IDS = 1 << 16;
    /** The first domain id that is handed out. */
    public static final int FIRST_ID = Translation.IDENTITY_ID + 1;

    private final Unit unit;
    private final UnitForms forms;
    private final UnitEntries entries;
    private final MachineDomains<DomainForm> machine;
    private final BitSet ids = new BitSet();
    private final Map<Integer, PagingDomain<DomainForm>> byDomainId = new TreeMap<>();

    public UnitDomains(Unit unit, UnitForms forms, UnitEntries entries, MachineDomains<DomainForm> machine) {
        this.unit = unit;
        this.forms = forms;
        this.entries = entries;
        this.machine = machine;
    }

    /** A new, empty domain. @throws IommuException EXISTS, NO_MEMORY, NOT_SUPPORTED */
    public PagingDomain<DomainForm> allocate(long id, Set<DomainFlag> flags) {
        PagingDomain<DomainForm> domain = machine.allocate(unit, id, forms.preferred(flags));
        domain.home(entries);
        return domain;
    }

    /** @throws IommuException NO_DEVICE if the unit knows no domain of this number */
    public PagingDomain<DomainForm> find(long id) {
        PagingDomain<DomainForm> found = machine.find(id);
        if (found == null || !found.isKnownTo(entries)) {
            throw IommuException.of(Reason.NO_DEVICE, "%s knows no domain %d", name(), id);
        }
        return found;
    }

    /**
     * The translation of one more requester in a domain.
     *
     * @throws IommuException INCOMPATIBLE, NO_SPACE; nothing has changed then
     */
    public Translation join(DriverDomain domain) {
        if (domain instanceof BlockedDomain) {
            return Translation.BLOCKED;
        }
        if (domain instanceof IdentityDomain) {
            return Translation.IDENTITY;
        }
        PagingDomain<DomainForm> paging = paging(domain);
        forms.check(paging.form());
        return UnitForms.entry(paging, domainId(paging));
    }

    /** One requester less in a domain, after its translations were invalidated: the id may be handed out again. */
    public void part(Translation translation) {
        PagingDomain<DomainForm> domain = byDomainId.get(translation.domainId());
        if (translation.hasTable() && domain != null && domain.part(entries)) {
            byDomainId.remove(translation.domainId());
            ids.clear(translation.domainId());
        }
    }

    /** Goes on with a domain that a former driver had. @param domainId 0 if it has no requesters here */
    public void adopt(long id, DomainForm form, long root, boolean here, int domainId, int requesters) {
        PagingDomain<DomainForm> domain = machine.adopt(unit, id, form, root);
        if (here) {
            domain.home(entries);
        }
        if (domainId != 0) {
            byDomainId.put(domainId, domain);
            domain.join(entries, domainId, requesters);
        }
    }

    /** Goes on with the ids that a former driver had handed out. */
    public void adoptIds(List<Integer> used) {
        used.forEach(ids::set);
    }

    /** The ids that are handed out. */
    public List<Integer> ids() {
        return ids.stream().boxed().toList();
    }

    /** The domains that the next driver must know. */
    public List<PagingDomain<DomainForm>> known() {
        return machine.knownTo(entries);
    }

    /** A domain's id here, or 0 if it has no requesters here. */
    public int idOf(PagingDomain<DomainForm> domain) {
        for (Map.Entry<Integer, PagingDomain<DomainForm>> each : byDomainId.entrySet()) {
            if (each.getValue() == domain) {
                return each.getKey();
            }
        }
        return 0;
    }

    /** True if the domain was allocated on this unit. */
    public boolean isHomeOf(PagingDomain<DomainForm> domain) {
        return domain.isAtHome(entries);
    }

    /** The unit has another driver, or is off. */
    public void forgetUnit() {
        machine.forgetUnit(entries);
        byDomainId.clear();
    }

    private int domainId(PagingDomain<DomainForm> domain) {
        int known = domain.joinAgain(entries);
        if (known >= 0) {
            return known;
        }
        int free = ids.nextClearBit(FIRST_ID);
        if (free >= IDS) {
            throw IommuException.of(Reason.NO_SPACE, "%s: all of its %d domain ids are in use", name(), IDS);
        }
        ids.set(free);
        byDomainId.put(free, domain);
        domain.join(entries, free, 1);
        return free;
    }

    /** This driver's domain. @throws IommuException INCOMPATIBLE if it is another's, or has no page table */
    @SuppressWarnings("unchecked") // a bundle has its own copy of the class, and one form
    public static PagingDomain<DomainForm> paging(DriverDomain domain) {
        if (domain instanceof PagingDomain<?>) {
            return (PagingDomain<DomainForm>) domain;
        }
        throw IommuException.of(Reason.INCOMPATIBLE, "domain %d is another driver's, or has no page table: %s",
                domain.id(), domain.getClass().getName());
    }

    private String name() {
        return unit.description().name();
    }
}
