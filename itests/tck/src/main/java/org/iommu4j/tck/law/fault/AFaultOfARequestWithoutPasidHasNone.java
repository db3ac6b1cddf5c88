package org.iommu4j.tck.law.fault;

import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AFaultOfARequestWithoutPasidHasNone implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "A request that carries no PASID is reported without one, whatever number the unit uses in its place.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        Faults faults = new Faults(stage.bench());
        scene.mover().load(IOVA);
        Broken.unlessEqual("PASID of the fault", FaultSink.NO_PASID,
                faults.await("a read of a hole", IOVA).pasid());
    }
}
