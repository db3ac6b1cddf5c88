package org.iommu4j.vtd.domain;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.pagetable.vtdss.VtdSecondStage;
import org.iommu4j.vtd.registers.Capabilities;

/**
 * The form of a domain's page table, which the unit that the domain was made for decides.
 *
 * @param levels 3 to 5
 * @param pageSizes bit n set: pages of 2^n bytes
 * @param addressBits width of an IOVA; less than the levels give where the unit translates fewer
 * @param outputBits width of a physical address
 */
public record DomainForm(int levels, long pageSizes, int addressBits, int outputBits) {
    /** The form of new domains of a unit. */
    public static DomainForm of(Capabilities capabilities, int outputBits) {
        int levels = capabilities.levels();
        return new DomainForm(levels, capabilities.pageSizes(), capabilities.addressBits(levels), outputBits);
    }

    /** The page-table format. */
    public VtdSecondStage format() {
        return new VtdSecondStage(levels, pageSizes, outputBits);
    }

    /** @throws IommuException INCOMPATIBLE if a unit cannot walk such tables */
    void checkFits(Capabilities unit, String unitName) {
        if (!unit.hasLevels(levels)) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s walks no tables of %d levels (CAP %#x)", unitName, levels,
                    unit.cap());
        }
        if ((pageSizes & ~unit.pageSizes()) != 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s has page sizes %#x, the domain uses %#x", unitName,
                    unit.pageSizes(), pageSizes);
        }
        if (addressBits > unit.addressBits(levels)) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s translates %d bits of an IOVA, the domain has %d",
                    unitName, unit.addressBits(levels), addressBits);
        }
    }
}
