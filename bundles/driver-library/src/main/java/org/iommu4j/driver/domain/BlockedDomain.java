package org.iommu4j.driver.domain;

import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;

/** Refuses everything: the entry is not present. Stateless. */
public final class BlockedDomain implements DriverDomain {
    @Override
    public long id() {
        return 0;
    }

    @Override
    public long lastIova() {
        return 0;
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
        return DomainOps.NOT_MAPPED;
    }

    @Override
    public void free() {
        // It has no tables.
    }

    private static IommuException noPageTable() {
        return new IommuException(Reason.INCOMPATIBLE, "the blocked domain has no page table");
    }
}
