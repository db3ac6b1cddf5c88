package org.iommu4j.amdvi.domain;

import org.iommu4j.amdvi.entries.DeviceTableEntry;
import org.iommu4j.driver.domain.TableForm;
import org.iommu4j.pagetable.Format;
import org.iommu4j.pagetable.amdv1.AmdV1;
import org.iommu4j.pagetable.x86.X86Paging;

/**
 * The form of a domain's page table. {@link UnitForms} tells which forms a unit can walk.
 *
 * @param guest true for guest (v2) tables, false for host (v1) ones
 * @param levels of the table as it is: 4 for guest tables, 3 to {@code mostLevels} for host tables
 * @param mostLevels that a host table may grow to, 3 to 6; the same as {@code levels} for guest tables
 * @param pageSizes bit n set: pages of 2^n bytes
 * @param outputBits width of a physical address
 * @param marksWrites true if hardware can be told to mark what is written; host tables only
 */
public record DomainForm(boolean guest, int levels, int mostLevels, long pageSizes, int outputBits,
        boolean marksWrites) implements TableForm {
    /** A guest table. */
    static DomainForm guest(long pageSizes, int outputBits) {
        return new DomainForm(true, DeviceTableEntry.GUEST_LEVELS, DeviceTableEntry.GUEST_LEVELS, pageSizes,
                outputBits, false);
    }

    /** A host table with as few levels as there are. */
    static DomainForm host(int mostLevels, int outputBits, boolean marksWrites) {
        return new DomainForm(false, AmdV1.LEAST_LEVELS, mostLevels, AmdV1.PAGE_SIZES, outputBits, marksWrites);
    }

    @Override
    public Format format() {
        return guest ? new X86Paging(levels, pageSizes, outputBits, false)
                : new AmdV1(levels, pageSizes, outputBits);
    }

    @Override
    public DomainForm reaching(long lastIova) {
        int needed = levels;
        while (needed < mostLevels && lastIova >>> AmdV1.inputBits(needed) != 0) {
            needed++;
        }
        return new DomainForm(guest, needed, mostLevels, pageSizes, outputBits, marksWrites);
    }

    /** Guest tables: what 4 levels reach in the lower half, where addresses need no sign. */
    @Override
    public int addressBits() {
        return guest ? format().inputBits() : AmdV1.inputBits(mostLevels);
    }

    @Override
    public boolean hasWriteOnlyPages() {
        return !guest;
    }

    /** Walks snoop processor caches on every unit: Control.Coherent, and SD stays 0 in device table entries. */
    @Override
    public boolean flushed() {
        return false;
    }
}
