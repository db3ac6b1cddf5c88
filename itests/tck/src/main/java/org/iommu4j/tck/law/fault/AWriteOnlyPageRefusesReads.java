package org.iommu4j.tck.law.fault;

import org.iommu4j.api.Protection;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.kit.NotApplicable;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AWriteOnlyPageRefusesReads implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "A read of a page that may be written alone brings nothing and is reported; writes "
                + "arrive.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        if (scene.domain().granted(Protection.WRITE) != Protection.WRITE) {
            throw new NotApplicable("the table's format has no page that can be written but not read");
        }
        Page page = scene.map(IOVA, Protection.WRITE);
        Faults faults = new Faults(stage.bench());
        Broken.unlessEqual("word read from a page that may only be written", 0, scene.read(IOVA));
        DmaFault fault = faults.await("a forbidden read", IOVA);
        Broken.unlessEqual("access of the fault of a forbidden read", Protection.READ, fault.access());
        int tag = stage.tag();
        scene.write(IOVA, tag);
        Broken.unlessEqual("memory of the page", tag, stage.memory().loadAcquire32(page.pa()));
    }
}
