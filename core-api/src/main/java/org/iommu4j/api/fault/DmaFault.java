package org.iommu4j.api.fault;

import org.iommu4j.api.PciAddress;

/**
 * One refused transaction, as a unit recorded it.
 *
 * @param timeNanos {@link System#nanoTime()} when core received it
 * @param unit name of the unit
 * @param source the requester as the unit saw it; behind a PCIe-to-PCI bridge the bridge's alias
 * @param pasid of the request, or {@link FaultSink#NO_PASID}
 * @param iova address of the request; the units of some architectures keep only its page
 * @param access {@link org.iommu4j.api.Protection} bits of the request
 * @param code the architecture's own fault reason or event number
 * @param text the reason in words, as the architecture's specification names it
 */
public record DmaFault(long timeNanos, String unit, PciAddress source, int pasid, long iova, int access, int code,
        String text) {
}
