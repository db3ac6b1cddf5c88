package org.iommu4j.tck.law.fault;

import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class WhatIsAllowedIsNotReported implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "Transfers that the mapping allows leave no fault.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        Page page = scene.map(IOVA, Stage.RW);
        Faults faults = new Faults(stage.bench());
        scene.reaches(IOVA, page);
        // A fault of a hole that comes after them shows that theirs would have come.
        scene.mover().load(IOVA + scene.pageSize());
        faults.await("a read of a hole", IOVA + scene.pageSize());
        Broken.unlessEqual("faults", 1, faults.all().size());
    }
}
