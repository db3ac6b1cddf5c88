package org.iommu4j.smmuv3.domain;

import java.util.List;
import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.driver.domain.BlockedDomain;
import org.iommu4j.driver.domain.IdentityDomain;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.driver.domain.PagingDomain;
import org.iommu4j.smmuv3.entries.Translation;
import org.iommu4j.smmuv3.entries.Translation.Kind;
import org.iommu4j.smmuv3.queues.UnitCaches;

/**
 * One unit's tags and the domains that it knows: those with streams here, and those that were allocated here. Control
 * operations: one thread at a time; {@link PagingDomain#free} runs beside them.
 */
public final class UnitDomains {
    private final Unit unit;
    private final UnitForms forms;
    private final UnitCaches caches;
    private final MachineDomains<DomainForm> machine;
    private final Tags asids;
    private final Tags vmids;

    public UnitDomains(Unit unit, UnitForms forms, UnitCaches caches, MachineDomains<DomainForm> machine) {
        this.unit = unit;
        this.forms = forms;
        this.caches = caches;
        this.machine = machine;
        this.asids = new Tags(forms.unit() + " ASIDs", forms.capabilities().asids());
        this.vmids = new Tags(forms.unit() + " VMIDs", forms.capabilities().vmids());
    }

    /** A new, empty domain. @throws IommuException EXISTS, NO_MEMORY, NOT_SUPPORTED */
    public PagingDomain<DomainForm> allocate(long id, Set<DomainFlag> flags) {
        PagingDomain<DomainForm> domain = machine.allocate(unit, id, forms.preferred(flags));
        domain.home(caches);
        return domain;
    }

    /** @throws IommuException NO_DEVICE if the unit knows no domain of this number */
    public PagingDomain<DomainForm> find(long id) {
        PagingDomain<DomainForm> found = machine.find(id);
        if (found == null || !found.isKnownTo(caches)) {
            throw IommuException.of(Reason.NO_DEVICE, "%s knows no domain %d", forms.unit(), id);
        }
        return found;
    }

    /**
     * The translation of one more stream in a domain, which is told of invalidations from now on.
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
        return UnitForms.entry(paging.form(), paging.root(), tag(paging));
    }

    /** One stream less in a domain, after its translations were invalidated: the tag may be handed out again. */
    public void part(Translation translation) {
        if (translation.hasTable()) {
            Tags tags = tags(translation.kind() == Kind.STAGE1);
            PagingDomain<DomainForm> domain = tags.domain(translation.tag());
            if (domain != null && domain.part(caches)) {
                tags.give(translation.tag());
            }
        }
    }

    private int tag(PagingDomain<DomainForm> domain) {
        int known = domain.joinAgain(caches);
        if (known >= 0) {
            return known;
        }
        int tag = tags(domain.form().stage1()).take(domain);
        domain.join(caches, tag, 1);
        return tag;
    }

    /** Goes on with a domain that a former driver had. @param tag 0 if it has no streams here */
    public void adopt(long id, DomainForm form, long root, boolean here, int tag, int streams) {
        PagingDomain<DomainForm> domain = machine.adopt(unit, id, form, root);
        if (here) {
            domain.home(caches);
        }
        if (tag != 0) {
            tags(form.stage1()).adopt(tag, domain);
            domain.join(caches, tag, streams);
        }
    }

    /** Goes on with the tags that a former driver had handed out. */
    public void adoptTags(List<Integer> usedAsids, List<Integer> usedVmids) {
        asids.adopt(usedAsids);
        vmids.adopt(usedVmids);
    }

    /** The ASIDs, or the VMIDs, that are handed out. */
    public List<Integer> taken(boolean stage1) {
        return tags(stage1).taken();
    }

    /** The domains that the next driver must know. */
    public List<PagingDomain<DomainForm>> known() {
        return machine.knownTo(caches);
    }

    /** A domain's tag here, or 0 if it has no streams here. */
    public int tagOf(PagingDomain<DomainForm> domain) {
        return tags(domain.form().stage1()).of(domain);
    }

    /** True if the domain was allocated on this unit. */
    public boolean isHomeOf(PagingDomain<DomainForm> domain) {
        return domain.isAtHome(caches);
    }

    /** The unit has another driver, or is off. */
    public void forgetUnit() {
        machine.forgetUnit(caches);
        asids.clear();
        vmids.clear();
    }

    private Tags tags(boolean stage1) {
        return stage1 ? asids : vmids;
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
}
