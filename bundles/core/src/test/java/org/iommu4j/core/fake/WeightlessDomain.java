package org.iommu4j.core.fake;

import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;

/** Answers every call without doing anything, so that what a call costs is core's. */
record WeightlessDomain(long id) implements DriverDomain {
    @Override
    public long lastIova() {
        return (1L << 39) - 1;
    }

    @Override
    public long pageSizes() {
        return 1 << 12;
    }

    @Override
    public void map(long iova, long pa, long length, int protection, Gather gather) {
        gather.cursor()[0] = iova;
    }

    @Override
    public long unmap(long iova, long length, Gather gather) {
        gather.add(iova, iova + length - 1, 12);
        return length;
    }

    @Override
    public void sync(Gather gather) {
        gather.clear();
    }

    @Override
    public long translate(long iova) {
        return iova;
    }

    @Override
    public void free() {
        // Nothing is held.
    }
}
