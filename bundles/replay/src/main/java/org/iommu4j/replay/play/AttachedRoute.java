package org.iommu4j.replay.play;

import java.util.List;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Reason;

/** Strict, at the trace's addresses: a domain of the replay's own, which its group is moved to. */
final class AttachedRoute implements Route {
    private final Stage stage;
    private final IommuGroup group;
    private Domain domain;

    AttachedRoute(Stage stage, IommuGroup group) {
        this.stage = stage;
        this.group = group;
    }

    @Override
    public void start() {
        domain = stage.iommu().allocate(group);
        stage.iommu().replace(group, domain);
    }

    @Override
    public String unfit(Mapping mapping) {
        return Unfit.chosen(mapping, domain, group);
    }

    @Override
    public void map(Mapping mapping) {
        stage.domains().map(domain, mapping.iova, mapping.pa, mapping.length, mapping.protection);
        mapping.at = mapping.iova;
    }

    @Override
    public void unmap(List<Mapping> gone) {
        long iova = gone.get(0).iova;
        long length = Mapping.span(gone);
        long done = stage.domains().unmap(domain, iova, length);
        if (done != length) {
            throw IommuException.of(Reason.IO, "unmap of IOVA %#x + %#x ended after %#x", iova, length, done);
        }
    }

    @Override
    public boolean isLazy() {
        return false;
    }

    @Override
    public void flush() {
        // Every unmap is complete already.
    }

    @Override
    public Domain domain() {
        return domain;
    }

    @Override
    public void end(Iterable<Mapping> standing) {
        if (group.domain() == domain) {
            stage.iommu().detach(group);
        }
        stage.iommu().free(domain);
    }
}
