package org.iommu4j.replay.play;

import java.util.List;
import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.dma.DmaOps;

/** Through the DMA API, in the group's default domain; strict or lazy as its type says. */
abstract class DmaApiRoute implements Route {
    private final Stage stage;
    private final IommuGroup group;
    private final DomainType type;

    /** @param type {@link DomainType#DMA} or {@link DomainType#DMA_FQ} */
    DmaApiRoute(Stage stage, IommuGroup group, DomainType type) {
        this.stage = stage;
        this.group = group;
        this.type = type;
    }

    @Override
    public void start() {
        stage.iommu().defaultType(group, type);
    }

    /** The DMA API speaks of devices; all of a group share what it does. */
    final Device device() {
        return group.devices().get(0);
    }

    final IommuGroup group() {
        return group;
    }

    final DmaOps dma() {
        return stage.dma();
    }

    @Override
    public boolean isLazy() {
        return type == DomainType.DMA_FQ;
    }

    @Override
    public void flush() {
        dma().flush(group);
    }

    @Override
    public Domain domain() {
        return group.defaultDomain();
    }

    @Override
    public void end(Iterable<Mapping> standing) {
        standing.forEach(each -> unmap(List.of(each)));
        flush();
    }
}
