package org.iommu4j.tck.law.domain;

import java.util.List;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class AnUnmapLeavesOtherDomainsAlone implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "An unmap in one domain does not touch the same address in another.";
    }

    @Override
    public void check(Stage stage) {
        List<Mover> movers = stage.moversOfGroups(2);
        Scene one = stage.scene(movers.get(0));
        Scene other = stage.scene(movers.get(1));
        one.map(IOVA, Stage.RW);
        Page page = other.map(IOVA, Stage.RW);
        one.read(IOVA);
        other.reaches(IOVA, page);
        one.unmap(IOVA, one.pageSize());
        Broken.unlessEqual("word read in the domain of the unmap", 0, one.read(IOVA));
        Broken.unlessEqual("word read in the other", page.tag(), other.read(IOVA));
    }
}
