package org.iommu4j.tck.law.mapping;

import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.Reason;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Refusal;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class WhatIsMappedIsNotMappedAgain implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "A map that meets a mapped page is refused, and nothing of it is mapped.";
    }

    @Override
    public void check(Stage stage) {
        Domain domain = stage.domain(stage.bench().iommu().groups().get(0));
        DomainOps domains = stage.bench().domains();
        long page = 1L << Stage.smallest(domain);
        long first = stage.memory(Stage.smallest(domain));
        long other = stage.memory(Stage.smallest(domain) + 2);
        domains.map(domain, IOVA + 2 * page, first, page, Stage.RW);
        Refusal.of("a map over a mapped page",
                () -> domains.map(domain, IOVA, other, 4 * page, Stage.RW), Reason.EXISTS);
        Broken.unlessEqual("translation before the mapped page", DomainOps.NOT_MAPPED, domains.translate(domain, IOVA));
        Broken.unlessEqual("translation of the mapped page", first, domains.translate(domain, IOVA + 2 * page));
        Broken.unlessEqual("translation behind it", DomainOps.NOT_MAPPED, domains.translate(domain, IOVA + 3 * page));
    }
}
