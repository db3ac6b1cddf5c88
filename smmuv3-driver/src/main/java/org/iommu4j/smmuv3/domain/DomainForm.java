package org.iommu4j.smmuv3.domain;

import org.iommu4j.driver.domain.TableForm;
import org.iommu4j.pagetable.Format;
import org.iommu4j.pagetable.arm.ArmStage1;
import org.iommu4j.pagetable.arm.ArmStage2;

/**
 * The form of a domain's page table. Where units do not do the same, {@link UnitForms} tells which forms each can walk.
 *
 * @param stage1 true for stage 1, false for stage 2
 * @param granuleLg2 12, 14 or 16: log2 of the smallest page
 * @param addressBits width of an IOVA
 * @param outputBits width of a physical address
 * @param marksWrites true if hardware marks what is written; stage 1 only
 * @param flushed true if what is stored in it is flushed, for units whose walks do not snoop processor caches
 */
public record DomainForm(boolean stage1, int granuleLg2, int addressBits, int outputBits, boolean marksWrites,
        boolean flushed) implements TableForm {
    @Override
    public Format format() {
        return stage1 ? new ArmStage1(granuleLg2, addressBits, outputBits, marksWrites)
                : new ArmStage2(granuleLg2, addressBits, outputBits);
    }

    @Override
    public long pageSizes() {
        return format().pageSizes();
    }

    /** Stage 1 has no bit that refuses reads of a valid page: DDI 0487, D8.4. */
    @Override
    public boolean hasWriteOnlyPages() {
        return !stage1;
    }
}
