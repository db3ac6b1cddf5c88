package org.iommu4j.smmuv3.domain;

import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.pagetable.arm.Descriptor;
import org.iommu4j.smmuv3.entries.Translation;
import org.iommu4j.smmuv3.entries.Translation.Kind;
import org.iommu4j.smmuv3.registers.Capabilities;

/**
 * Which page tables one unit can walk, and which a new domain gets: stage 1, as in Linux, or stage 2 where that is
 * absent; the smallest granule there is. Immutable.
 *
 * @param unit name of the unit, for messages
 */
public record UnitForms(String unit, Capabilities capabilities) {
    /** @throws IommuException NOT_SUPPORTED if no table of the unit can do what the flags want */
    public DomainForm preferred(Set<DomainFlag> flags) {
        boolean tracks = flags.contains(DomainFlag.DIRTY_TRACKING);
        if (tracks && !capabilities.marksWrites()) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "%s marks no writes (IDR0 %#x): that takes stage 1, HTTU 2 "
                    + "and coherent walks", unit, capabilities.idr0());
        }
        return form(capabilities.stage1(), capabilities.granuleLg2(), tracks);
    }

    private DomainForm form(boolean stage1, int granuleLg2, boolean marksWrites) {
        int outputBits = capabilities.outputBits();
        return new DomainForm(stage1, granuleLg2, stage1 ? Descriptor.MAX_BITS : outputBits, outputBits, marksWrites,
                !capabilities.coherent());
    }

    /** The form of the table that a stream's entries lead to; null if the unit has no such table. */
    public DomainForm of(Translation translation) {
        if (!translation.hasTable() || !capabilities.hasGranule(translation.granuleLg2())) {
            return null;
        }
        return new DomainForm(translation.kind() == Kind.STAGE1, translation.granuleLg2(), translation.inputBits(),
                translation.outputBits(), translation.marksWrites(), !capabilities.coherent());
    }

    /** @throws IommuException INCOMPATIBLE if the unit cannot walk such tables */
    public void check(DomainForm form) {
        int stage = form.stage1() ? 1 : 2;
        if (form.stage1() ? !capabilities.stage1() : !capabilities.stage2()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s has no stage %d (IDR0 %#x)", unit, stage,
                    capabilities.idr0());
        }
        if (!capabilities.hasGranule(form.granuleLg2())) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s walks no tables with pages of 2^%d bytes (IDR5 %#x)", unit,
                    form.granuleLg2(), capabilities.idr5());
        }
        if (form.outputBits() > capabilities.outputBits() || !form.stage1() && form.addressBits()
                > capabilities.outputBits()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s has addresses of %d bits, the domain maps %d to %d", unit,
                    capabilities.outputBits(), form.addressBits(), form.outputBits());
        }
        if (form.marksWrites() && !capabilities.marksWrites()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s marks no writes (IDR0 %#x)", unit, capabilities.idr0());
        }
        if (!capabilities.coherent() && !form.flushed()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s does not snoop processor caches (IDR0 %#x), and the "
                    + "domain's tables are not flushed", unit, capabilities.idr0());
        }
    }

    /** What the entries of a stream in a domain have to say. */
    public static Translation entry(DomainForm form, long root, int tag) {
        return new Translation(form.stage1() ? Kind.STAGE1 : Kind.STAGE2, root, form.granuleLg2(), form.addressBits(),
                form.outputBits(), tag, form.marksWrites());
    }
}
