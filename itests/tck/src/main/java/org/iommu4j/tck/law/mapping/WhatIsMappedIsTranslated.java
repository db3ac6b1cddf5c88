package org.iommu4j.tck.law.mapping;

import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.PageSizes;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class WhatIsMappedIsTranslated implements Law {
    @Override
    public String demands() {
        return "A range of each page size translates to its memory from the first byte to the last; the "
                + "addresses before and behind it are not mapped, and after the unmap none is.";
    }

    @Override
    public void check(Stage stage) {
        Domain domain = stage.domain(stage.bench().iommu().groups().get(0));
        DomainOps domains = stage.bench().domains();
        for (long size : PageSizes.of(domain)) {
            long iova = 4 * size;
            long pa = PageSizes.somewhere(stage, size);
            if (pa < 0 || Long.compareUnsigned(iova + size, domain.lastIova()) > 0) {
                continue;
            }
            domains.map(domain, iova, pa, size, Stage.RW);
            for (long at : new long[] {0, 1, size / 2, size - 1}) {
                Broken.unlessEqual(text(iova + at), pa + at, domains.translate(domain, iova + at));
            }
            Broken.unlessEqual(text(iova - 1), DomainOps.NOT_MAPPED, domains.translate(domain, iova - 1));
            Broken.unlessEqual(text(iova + size), DomainOps.NOT_MAPPED, domains.translate(domain, iova + size));
            Broken.unlessEqual("bytes unmapped", size, domains.unmap(domain, iova, size));
            Broken.unlessEqual(text(iova), DomainOps.NOT_MAPPED, domains.translate(domain, iova));
        }
    }

    private static String text(long iova) {
        return String.format("translation of %#x", iova);
    }
}
