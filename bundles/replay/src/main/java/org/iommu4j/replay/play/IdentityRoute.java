package org.iommu4j.replay.play;

import java.util.List;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuGroup;

/** Passthrough: nothing is mapped, devices use physical addresses. */
final class IdentityRoute implements Route {
    private final Stage stage;
    private final IommuGroup group;

    IdentityRoute(Stage stage, IommuGroup group) {
        this.stage = stage;
        this.group = group;
    }

    @Override
    public void start() {
        stage.iommu().defaultType(group, DomainType.IDENTITY);
    }

    @Override
    public String unfit(Mapping mapping) {
        return null;
    }

    @Override
    public void map(Mapping mapping) {
        mapping.at = mapping.pa;
    }

    @Override
    public void unmap(List<Mapping> gone) {
        // Nothing was mapped.
    }

    @Override
    public boolean isLazy() {
        return false;
    }

    @Override
    public void flush() {
        // Nothing was unmapped.
    }

    @Override
    public Domain domain() {
        return null;
    }

    @Override
    public void end(Iterable<Mapping> standing) {
        // Nothing is held.
    }
}
