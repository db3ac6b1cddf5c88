package org.iommu4j.vtd.domain;

import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.vtd.entries.Translation;
import org.iommu4j.vtd.registers.Capabilities;

/**
 * Which page tables one unit can walk, and which a new domain gets: of the first stage in scalable mode, as Linux does,
 * of the second for what only that can do, in legacy mode, and where there is nothing else. Immutable.
 *
 * @param unit name of the unit, for messages
 * @param scalable true if the unit runs in scalable mode
 * @param outputBits width of a physical address
 */
public record UnitForms(String unit, Capabilities capabilities, boolean scalable, int outputBits) {
    /** @throws IommuException NOT_SUPPORTED if no table of the unit can do what the flags want */
    public DomainForm preferred(Set<DomainFlag> flags) {
        if (flags.contains(DomainFlag.DIRTY_TRACKING)) {
            if (!capabilities.marksWrites(scalable)) {
                throw IommuException.of(Reason.NOT_SUPPORTED, "%s marks no writes in second-stage tables: %s mode, "
                        + "ECAP %#x", unit, scalable ? "scalable" : "legacy", capabilities.ecap());
            }
            return secondStage(true);
        }
        return capabilities.firstStage(scalable) ? firstStage(capabilities.firstStageLevels()) : secondStage(false);
    }

    /** The form of the table that an entry leads to, as wide as this unit has it; null if it has no such table. */
    public DomainForm of(Translation translation) {
        return switch (translation.kind()) {
            case FIRST_STAGE -> capabilities.hasFirstStageLevels(translation.levels())
                    ? firstStage(translation.levels()) : null;
            case SECOND_STAGE -> capabilities.hasLevels(translation.levels())
                    ? secondStage(translation.levels(), translation.marksWrites()) : null;
            default -> null;
        };
    }

    /** @throws IommuException INCOMPATIBLE if the unit cannot walk such tables */
    public void check(DomainForm form) {
        boolean first = form.firstStage();
        String stage = first ? "first-stage" : "second-stage";
        if (first ? !capabilities.firstStage(scalable) || !capabilities.hasFirstStageLevels(form.levels())
                : !capabilities.secondStage(scalable) || !capabilities.hasLevels(form.levels())) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s walks no %s tables of %d levels (CAP %#x, ECAP %#x)", unit,
                    stage, form.levels(), capabilities.cap(), capabilities.ecap());
        }
        DomainForm own = first ? firstStage(form.levels()) : secondStage(form.levels(), false);
        if ((form.pageSizes() & ~own.pageSizes()) != 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s has %s page sizes %#x, the domain uses %#x", unit, stage,
                    own.pageSizes(), form.pageSizes());
        }
        if (form.addressBits() > own.addressBits()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s translates %d bits of an IOVA, the domain has %d", unit,
                    own.addressBits(), form.addressBits());
        }
        if (form.marksWrites() && !capabilities.marksWrites(scalable)) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s marks no writes (ECAP %#x)", unit, capabilities.ecap());
        }
        if (own.flushed() && !form.flushed()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s does not snoop processor caches (ECAP %#x), and the "
                    + "domain's tables are not flushed", unit, capabilities.ecap());
        }
    }

    /** What the entry of a requester in a domain has to say. */
    public static Translation entry(DomainForm form, long root, int domainId, boolean marksWrites) {
        return form.firstStage() ? Translation.firstStage(root, form.levels(), domainId)
                : Translation.secondStage(root, form.levels(), domainId, marksWrites);
    }

    private DomainForm firstStage(int levels) {
        return new DomainForm(true, levels, capabilities.firstStagePageSizes(),
                capabilities.firstStageAddressBits(levels), outputBits, false, !capabilities.walksSnoop(scalable));
    }

    private DomainForm secondStage(boolean marksWrites) {
        return secondStage(capabilities.levels(), marksWrites);
    }

    private DomainForm secondStage(int levels, boolean marksWrites) {
        return new DomainForm(false, levels, capabilities.pageSizes(), capabilities.addressBits(levels), outputBits,
                marksWrites, !capabilities.walksSnoop(scalable));
    }
}
