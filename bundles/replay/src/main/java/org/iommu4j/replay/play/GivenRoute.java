package org.iommu4j.replay.play;

import java.util.List;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Protection;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.dma.DmaLimits;

/** The DMA API at addresses that it gives itself: each mapping of the trace is one of its own, wherever it lies. */
final class GivenRoute extends DmaApiRoute {
    GivenRoute(Stage stage, IommuGroup group, DomainType type) {
        super(stage, group, type);
    }

    @Override
    public void start() {
        super.start();
        dma().limits(device(), DmaLimits.ofBits(Long.SIZE));
    }

    @Override
    public String unfit(Mapping mapping) {
        return mapping.isMmio() ? String.format("the DMA API gives addresses to memory, and %#x is none", mapping.pa)
                : null;
    }

    @Override
    public void map(Mapping mapping) {
        mapping.at = dma().map(device(), mapping.pa, mapping.length, direction(mapping));
    }

    private static DmaDirection direction(Mapping mapping) {
        if (!mapping.allows(Protection.WRITE)) {
            return DmaDirection.TO_DEVICE;
        }
        return mapping.allows(Protection.READ) ? DmaDirection.BIDIRECTIONAL : DmaDirection.FROM_DEVICE;
    }

    @Override
    public void unmap(List<Mapping> gone) {
        gone.forEach(each -> dma().unmap(device(), each.at, each.length));
    }
}
