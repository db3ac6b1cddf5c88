package org.iommu4j.tck.law.mapping;

import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.Reason;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Refusal;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class WhatDoesNotFitIsRefused implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "Addresses that are not aligned, beyond the domain, or no length at all are refused with "
                + "their reason, and nothing is mapped.";
    }

    @Override
    public void check(Stage stage) {
        Domain domain = stage.domain(stage.bench().iommu().groups().get(0));
        DomainOps domains = stage.bench().domains();
        long page = 1L << Stage.smallest(domain);
        long pa = stage.memory(Stage.smallest(domain));
        Refusal.of("an IOVA off a page", () -> domains.map(domain, IOVA + 8, pa, page, Stage.RW), Reason.INCOMPATIBLE);
        Refusal.of("a physical address off a page", () -> domains.map(domain, IOVA, pa + 8, page, Stage.RW),
                Reason.INCOMPATIBLE, Reason.BAD_ADDRESS);
        Refusal.of("half a page", () -> domains.map(domain, IOVA, pa, page / 2, Stage.RW), Reason.INCOMPATIBLE);
        Refusal.of("no bytes", () -> domains.map(domain, IOVA, pa, 0, Stage.RW), Reason.INCOMPATIBLE);
        Refusal.of("no permission", () -> domains.map(domain, IOVA, pa, page, 0), Reason.INCOMPATIBLE);
        if (domain.lastIova() < Long.MAX_VALUE - page) {
            Refusal.of("an IOVA beyond the domain",
                    () -> domains.map(domain, domain.lastIova() + 1, pa, page, Stage.RW), Reason.OVERFLOW);
        }
        Broken.unlessEqual("translation after all that", DomainOps.NOT_MAPPED, domains.translate(domain, IOVA));
    }
}
