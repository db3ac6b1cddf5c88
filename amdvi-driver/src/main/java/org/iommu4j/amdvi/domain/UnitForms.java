package org.iommu4j.amdvi.domain;

import java.util.Set;
import org.iommu4j.amdvi.entries.Translation;
import org.iommu4j.amdvi.registers.ExtendedFeatures;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.driver.domain.PagingDomain;

/**
 * Which page tables one unit can walk, and which a new domain gets: a host table, as Linux does, unless guest tables
 * are asked for and there. Immutable.
 *
 * @param unit name of the unit, for messages
 * @param outputBits width of a physical address
 * @param prefersGuest true if new domains get guest tables where they can
 */
public record UnitForms(String unit, ExtendedFeatures features, int outputBits, boolean prefersGuest) {
    /** 4 KiB, 2 MiB and 1 GiB. */
    private static final long GUEST_PAGE_SIZES = 1L << 12 | 1L << 21 | 1L << 30;

    /** @throws IommuException NOT_SUPPORTED if no table of the unit can do what the flags want */
    public DomainForm preferred(Set<DomainFlag> flags) {
        if (flags.contains(DomainFlag.DIRTY_TRACKING)) {
            if (!features.marksWrites() || features.hostLevels() == 0) {
                throw IommuException.of(Reason.NOT_SUPPORTED, "%s marks no writes (EFR %#x)", unit, features.word());
            }
            return host(true);
        }
        boolean guest = features.guestTables() && (prefersGuest || features.hostLevels() == 0);
        return guest ? guest() : host(false);
    }

    /** The form of the table that an entry leads to; null if the unit has no such table. */
    public DomainForm of(Translation translation) {
        return switch (translation.kind()) {
            case GUEST -> features.guestTables() ? guest() : null;
            case HOST -> new DomainForm(false, translation.levels(), Math.max(translation.levels(),
                    features.hostLevels()), host(false).pageSizes(), outputBits, translation.marksWrites());
            default -> null;
        };
    }

    /** @throws IommuException INCOMPATIBLE if the unit cannot walk such tables */
    public void check(DomainForm form) {
        if (form.guest() ? !features.guestTables() : form.mostLevels() > features.hostLevels()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s walks no %s tables of %d levels (EFR %#x)", unit,
                    form.guest() ? "guest" : "host", form.mostLevels(), features.word());
        }
        if (form.marksWrites() && !features.marksWrites()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s marks no writes (EFR %#x)", unit, features.word());
        }
    }

    /** What the entry of a requester in a domain has to say; the monitor of the machine's domains is held. */
    public static Translation entry(PagingDomain<DomainForm> domain, int domainId) {
        return entry(domain.form(), domain.root(), domainId, domain.tracking());
    }

    /** What the entry of a requester has to say of a table. */
    public static Translation entry(DomainForm form, long root, int domainId, boolean marksWrites) {
        return form.guest() ? Translation.guest(root, domainId)
                : Translation.host(root, form.levels(), domainId, marksWrites);
    }

    private DomainForm guest() {
        return DomainForm.guest(GUEST_PAGE_SIZES, outputBits);
    }

    private DomainForm host(boolean marksWrites) {
        return DomainForm.host(features.hostLevels(), outputBits, marksWrites);
    }
}
