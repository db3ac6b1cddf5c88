package org.iommu4j.replay.play;

import java.util.List;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Reason;

/** The DMA API at the trace's addresses. */
final class ChosenRoute extends DmaApiRoute {
    ChosenRoute(Stage stage, IommuGroup group, DomainType type) {
        super(stage, group, type);
    }

    @Override
    public String unfit(Mapping mapping) {
        return Unfit.chosen(mapping, domain(), group());
    }

    @Override
    public void map(Mapping mapping) {
        dma().mapAt(device(), mapping.iova, mapping.pa, mapping.length, mapping.protection);
        mapping.at = mapping.iova;
    }

    @Override
    public void unmap(List<Mapping> gone) {
        long iova = gone.get(0).iova;
        long length = Mapping.span(gone);
        long done = dma().unmapAt(device(), iova, length);
        if (done != length) {
            throw IommuException.of(Reason.IO, "unmap of IOVA %#x + %#x ended after %#x", iova, length, done);
        }
    }
}
