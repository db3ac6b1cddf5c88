package org.iommu4j.tck.law.discovery;

import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Protection;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class ADomainSaysWhatItCanMap implements Law {
    private static final long LEAST = (1L << 30) - 1;

    @Override
    public String demands() {
        return "A new paging domain has page sizes, reaches at least 1 GiB, grants what a mapping asks "
                + "for, and holds nothing.";
    }

    @Override
    public void check(Stage stage) {
        for (IommuGroup group : stage.bench().iommu().groups()) {
            Domain domain = stage.domain(group);
            String name = "domain for group " + group.id();
            Broken.unless(domain.pageSizes() != 0, "page sizes of a " + name, "some", "none");
            Broken.unless(Long.compareUnsigned(domain.lastIova(), LEAST) >= 0, "last IOVA of a " + name, LEAST,
                    domain.lastIova());
            for (int wanted : new int[] {Protection.READ, Protection.WRITE, Stage.RW}) {
                Broken.unlessEqual("what a " + name + " grants of " + Protection.text(wanted), wanted,
                        domain.granted(wanted) & wanted);
            }
            Broken.unlessEqual("translation of 0 in a " + name, DomainOps.NOT_MAPPED,
                    stage.bench().domains().translate(domain, 0));
        }
    }
}
