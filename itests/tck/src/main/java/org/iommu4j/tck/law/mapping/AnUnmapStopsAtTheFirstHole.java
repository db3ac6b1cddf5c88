package org.iommu4j.tck.law.mapping;

import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AnUnmapStopsAtTheFirstHole implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "An unmap of a range with a hole ends there, says so, and leaves what lies behind the "
                + "hole.";
    }

    @Override
    public void check(Stage stage) {
        Domain domain = stage.domain(stage.bench().iommu().groups().get(0));
        DomainOps domains = stage.bench().domains();
        long page = 1L << Stage.smallest(domain);
        long pa = stage.memory(Stage.smallest(domain));
        domains.map(domain, IOVA, pa, page, Stage.RW);
        domains.map(domain, IOVA + 2 * page, pa, page, Stage.RW);
        Broken.unlessEqual("bytes unmapped up to the hole", page, domains.unmap(domain, IOVA, 3 * page));
        Broken.unlessEqual("translation behind the hole", pa, domains.translate(domain, IOVA + 2 * page));
        Broken.unlessEqual("bytes unmapped at a hole", 0L, domains.unmap(domain, IOVA, page));
    }
}
