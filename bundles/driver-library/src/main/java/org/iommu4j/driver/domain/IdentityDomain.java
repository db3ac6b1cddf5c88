package org.iommu4j.driver.domain;

import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;

/** IOVA equals PA: pass-through, without a page table. Stateless. */
public final class IdentityDomain implements DriverDomain {
    private final long lastAddress;

    /** @param addressBits width of a physical address */
    public IdentityDomain(int addressBits) {
        this.lastAddress = (1L << addressBits) - 1;
    }

    @Override
    public long id() {
        return 0;
    }

    @Override
    public long lastIova() {
        return lastAddress;
    }

    @Override
    public long pageSizes() {
        return 0;
    }

    @Override
    public void map(long iova, long pa, long length, int protection, Gather gather) {
        throw noPageTable();
    }

    @Override
    public long unmap(long iova, long length, Gather gather) {
        throw noPageTable();
    }

    @Override
    public void sync(Gather gather) {
        gather.clear(); // nothing can have been unmapped here
    }

    @Override
    public long translate(long iova) {
        return Long.compareUnsigned(iova, lastAddress) <= 0 ? iova : DomainOps.NOT_MAPPED;
    }

    @Override
    public void free() {
        // It has no tables.
    }

    private static IommuException noPageTable() {
        return new IommuException(Reason.INCOMPATIBLE, "the identity domain has no page table");
    }
}
