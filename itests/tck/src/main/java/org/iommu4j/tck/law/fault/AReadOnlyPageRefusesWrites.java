package org.iommu4j.tck.law.fault;

import org.iommu4j.api.Protection;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AReadOnlyPageRefusesWrites implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "A write to a page that may be read alone does not arrive and is reported; reads are "
                + "served.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        Page page = scene.map(IOVA, Protection.READ);
        Faults faults = new Faults(stage.bench());
        scene.write(IOVA, stage.tag());
        Broken.unlessEqual("memory of a page that may only be read", page.tag(),
                stage.memory().loadAcquire32(page.pa()));
        DmaFault fault = faults.await("a forbidden write", IOVA);
        Broken.unlessEqual("access of the fault of a forbidden write", Protection.WRITE, fault.access());
        Broken.unlessEqual("word read", page.tag(), scene.read(IOVA));
    }
}
