package org.iommu4j.tck.law.domain;

import org.iommu4j.api.Device;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class ReservedRegionsAreLeftAlone implements Law {
    private static final int MAPS = 64;

    @Override
    public String demands() {
        return "DmaOps gives no address in a reserved region, and what firmware wants mapped is mapped "
                + "one to one in the default domain.";
    }

    @Override
    public void check(Stage stage) {
        for (IommuGroup group : stage.bench().iommu().groups()) {
            for (ReservedRegion region : group.reservedRegions()) {
                if (region.kind() == ReservedRegion.Kind.DIRECT && group.domain().type().isDma()) {
                    Broken.unlessEqual(String.format("translation of the direct region %#x", region.start()),
                            region.start(), stage.bench().domains().translate(group.domain(), region.start()));
                }
            }
        }
        Device device = stage.mover().device();
        long pa = stage.memory(0);
        for (int i = 0; i < MAPS; i++) {
            long iova = stage.bench().dma().map(device, pa, PhysicalMemory.PAGE, DmaDirection.TO_DEVICE);
            stage.later(() -> stage.bench().dma().unmap(device, iova, PhysicalMemory.PAGE));
            for (ReservedRegion region : device.group().reservedRegions()) {
                Broken.unless(!region.overlaps(iova, iova + PhysicalMemory.PAGE - 1), "an address given by DmaOps",
                        "outside " + region, iova);
            }
        }
    }
}
