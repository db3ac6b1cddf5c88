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
        return "Until somebody attaches another, a group is in its default domain, and that is one for the DMA of "
                + "device drivers.";
    }

    @Override
    public void check(Stage stage) {
        for (IommuGroup group : stage.bench().iommu().groups()) {
            Broken.unlessEqual("domain of group " + group.id(), group.defaultDomain(), group.domain());
            DomainType type = group.domain().type();
            Broken.unless(type.isDma() || type == DomainType.IDENTITY,
                    "type of the default domain of group " + group.id(), "DMA, DMA_FQ or IDENTITY", type);
        }
    }
}
