package org.iommu4j.tck.law.discovery;

import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class EveryGroupIsInItsDefaultDomain implements Law {
    @Override
    public String demands() {
        return "Until somebody attaches another, a group is in its default domain, which is never one "
                + "that lets everything pass or nothing by mistake.";
    }

    @Override
    public void check(Stage stage) {
        for (IommuGroup group : stage.bench().iommu().groups()) {
            Broken.unlessEqual("domain of group " + group.id(), group.defaultDomain(), group.domain());
            Broken.unless(group.domain().type().isDma() || group.domain().type() == DomainType.IDENTITY,
                    "type of the default domain of group " + group.id(), "DMA, DMA_FQ or IDENTITY", group.domain().type());
        }
    }
}
