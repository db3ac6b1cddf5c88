package org.iommu4j.driver.domain;

import org.iommu4j.pagetable.Format;

/** The form of a domain's page table. Immutable; two forms are equal if the same units can walk the same tables. */
public interface TableForm {
    /**
     * The page-table format.
     *
     * @throws org.iommu4j.api.IommuException INCOMPATIBLE if there is no such table
     */
    Format format();

    /** The form of the same table once it has grown to reach an IOVA: this one, of tables that do not grow. */
    default TableForm reaching(long lastIova) {
        return this;
    }

    /** Bit n set: pages of 2^n bytes. */
    long pageSizes();

    /** Width of an IOVA; less than the tables reach where a unit translates fewer bits, more where they grow. */
    int addressBits();

    /** True if hardware can be told to mark what is written. */
    boolean marksWrites();

    /** True if a page can allow writes and refuse reads. */
    boolean hasWriteOnlyPages();

    /** True if what is stored in it is flushed, for units whose walks do not snoop processor caches. */
    boolean flushed();
}
