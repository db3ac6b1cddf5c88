package org.iommu4j.tck.law.mapping;

import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.Reason;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.kit.NotApplicable;
import org.iommu4j.tck.stage.PageSizes;
import org.iommu4j.tck.stage.Refusal;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class ALargePageIsNotSplit implements Law {
    @Override
    public String demands() {
        return "An unmap of a part of a large page is refused, and the page stays whole.";
    }

    @Override
    public void check(Stage stage) {
        Domain domain = stage.domain(stage.bench().iommu().groups().get(0));
        DomainOps domains = stage.bench().domains();
        long large = PageSizes.large(domain);
        long pa = PageSizes.somewhere(stage, large);
        if (pa < 0) {
            throw new NotApplicable("no memory of " + large + " bytes, aligned to them");
        }
        domains.map(domain, large, pa, large, Stage.RW);
        long page = 1L << Stage.smallest(domain);
        Refusal.of("an unmap of part of a large page", () -> domains.unmap(domain, large, page), Reason.INCOMPATIBLE);
        Broken.unlessEqual("translation of its first byte", pa, domains.translate(domain, large));
        Broken.unlessEqual("translation of its last byte", pa + large - 1, domains.translate(domain, 2 * large - 1));
    }
}
