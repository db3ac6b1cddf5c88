package org.iommu4j.tck.law.transfer;

import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class ThePagesAtBothEndsAreReached implements Law {
    @Override
    public String demands() {
        return "The lowest and the highest page of a domain are reached like any other.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        long last = scene.domain().lastIova() - scene.pageSize() + 1;
        Page lowest = scene.map(0, Stage.RW);
        Page highest = scene.map(last, Stage.RW);
        scene.reaches(0, lowest);
        scene.reaches(last, highest);
    }
}
