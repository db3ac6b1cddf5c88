package org.iommu4j.vtd.domain;

import org.iommu4j.driver.domain.TableForm;
import org.iommu4j.pagetable.Format;
import org.iommu4j.pagetable.vtdss.VtdSecondStage;
import org.iommu4j.pagetable.x86.X86Paging;

/**
 * The form of a domain's page table. Where units do not do the same, {@link UnitForms} tells which forms each can walk.
 *
 * @param firstStage true for the format of processors, false for that of the second stage
 * @param levels 4 or 5 in the first stage, 3 to 5 in the second
 * @param pageSizes bit n set: pages of 2^n bytes
 * @param addressBits width of an IOVA; less than the levels give where the unit translates fewer
 * @param outputBits width of a physical address
 * @param marksWrites true if hardware can be told to mark what is written; second stage only
 * @param flushed true if what is stored in it is flushed, for units whose walks do not snoop processor caches
 */
public record DomainForm(boolean firstStage, int levels, long pageSizes, int addressBits, int outputBits,
        boolean marksWrites, boolean flushed) implements TableForm {
    @Override
    public Format format() {
        return firstStage ? new X86Paging(levels, pageSizes, outputBits, false)
                : new VtdSecondStage(levels, pageSizes, outputBits);
    }

    /** First-stage entries have no bit that refuses reads of a present page: VT-d 9.8. */
    @Override
    public boolean hasWriteOnlyPages() {
        return !firstStage;
    }
}
