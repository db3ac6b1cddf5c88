package org.iommu4j.core.dma;

import java.util.concurrent.atomic.LongAdder;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.dma.FlushReport;
import org.iommu4j.api.dma.ScatterList;

/**
 * An identity domain: nothing is mapped, the device only has to be able to send the physical address. What is in use is
 * counted, because it would be lost with the domain.
 */
final class DirectSpace implements DmaSpace {
    private final Domain domain;
    private final LongAdder inUse = new LongAdder();

    DirectSpace(Domain domain) {
        this.domain = domain;
    }

    @Override
    public Domain domain() {
        return domain;
    }

    @Override
    public long map(DmaDevice device, long pa, long length, int protection) {
        long mask = device.limits().mask();
        if (Long.compareUnsigned(pa, mask) > 0 || Long.compareUnsigned(length - 1, mask - pa) > 0) {
            throw IommuException.of(Reason.OVERFLOW, "%s is an identity domain, and %#x + %#x ends beyond the device's "
                    + "DMA mask %#x", domain, pa, length, mask);
        }
        inUse.add(length);
        return pa;
    }

    @Override
    public void unmap(long iova, long length) {
        inUse.add(-length);
    }

    @Override
    public void unmapStrictly(long iova, long length) {
        inUse.add(-length);
    }

    @Override
    public void map(DmaDevice device, ScatterList list, int protection) {
        try {
            for (int i = 0; i < list.entries(); i++) {
                long iova = map(device, list.pa(i), list.length(i), protection);
                DmaSpace.tell(list, device.limits(), iova, list.length(i));
            }
        } catch (IommuException e) {
            unmap(list);
            throw e;
        }
    }

    @Override
    public void unmap(ScatterList list) {
        for (int i = 0; i < list.segments(); i++) {
            inUse.add(-list.segmentLength(i));
        }
        list.clearSegments();
    }

    @Override
    public void mapAt(long iova, long pa, long length, int protection) {
        if (iova != pa) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s is an identity domain: %#x cannot be mapped to %#x",
                    domain, iova, pa);
        }
        inUse.add(length);
    }

    @Override
    public long unmapAt(long iova, long length) {
        inUse.add(-length);
        return length;
    }

    @Override
    public void flush() {
        // Nothing is queued.
    }

    @Override
    public long inUse() {
        return inUse.sum();
    }

    @Override
    public void retire() {
        // Nothing is held.
    }

    @Override
    public FlushReport report() {
        return new FlushReport(domain.type(), 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
