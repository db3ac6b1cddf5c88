package org.iommu4j.tck.law.mapping;

import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class RangesStraddleTablesOfEveryLevel implements Law {
    @Override
    public String demands() {
        return "A range across each boundary between tables is mapped, translated and unmapped as one.";
    }

    @Override
    public void check(Stage stage) {
        Domain domain = stage.domain(stage.bench().iommu().groups().get(0));
        DomainOps domains = stage.bench().domains();
        int smallest = Stage.smallest(domain);
        long page = 1L << smallest;
        long pa = stage.memory(smallest + 2);
        for (int bit = smallest + 1; bit < Long.SIZE - 1 && (1L << bit) + 2 * page - 1 <= domain.lastIova(); bit++) {
            long iova = (1L << bit) - 2 * page;
            domains.map(domain, iova, pa, 4 * page, Stage.RW);
            for (long at = 0; at < 4 * page; at += page) {
                Broken.unlessEqual(String.format("translation of %#x", iova + at), pa + at,
                        domains.translate(domain, iova + at));
            }
            Broken.unlessEqual("bytes unmapped", 4 * page, domains.unmap(domain, iova, 4 * page));
            Broken.unlessEqual("translation after the unmap", DomainOps.NOT_MAPPED,
                    domains.translate(domain, iova + 2 * page));
        }
    }
}
