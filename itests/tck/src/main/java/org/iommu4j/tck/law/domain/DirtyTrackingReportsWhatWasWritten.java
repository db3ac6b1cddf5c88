package org.iommu4j.tck.law.domain;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.kit.NotApplicable;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class DirtyTrackingReportsWhatWasWritten implements Law {
    private static final long IOVA = 0x12_3450_0000L;
    private static final int PAGES = 8;

    @Override
    public String demands() {
        return "With dirty tracking on, exactly the pages that devices have written since are reported, "
                + "once.";
    }

    @Override
    public void check(Stage stage) {
        Mover mover = stage.mover();
        Domain domain;
        try {
            domain = stage.domain(mover.device().group(), DomainFlag.DIRTY_TRACKING);
        } catch (IommuException e) {
            if (e.reason() == Reason.NOT_SUPPORTED) {
                throw new NotApplicable(e.getMessage());
            }
            throw e;
        }
        Scene scene = stage.scene(mover, domain);
        DomainOps domains = stage.bench().domains();
        long page = scene.pageSize();
        for (int i = 0; i < PAGES; i++) {
            scene.map(IOVA + i * page, Stage.RW);
        }
        scene.write(IOVA, stage.tag());
        domains.dirtyTracking(domain, true);
        scene.write(IOVA + page, stage.tag());
        scene.read(IOVA + 2 * page);
        scene.write(IOVA + 4 * page, stage.tag());
        Broken.unlessEqual("pages reported", List.of(1L, 4L), dirty(domains, domain, page));
        Broken.unlessEqual("pages reported again", List.of(), dirty(domains, domain, page));
        scene.write(IOVA + page, stage.tag());
        Broken.unlessEqual("pages reported after one more write", List.of(1L), dirty(domains, domain, page));
        domains.dirtyTracking(domain, false);
    }

    private static List<Long> dirty(DomainOps domains, Domain domain, long page) {
        List<Long> pages = new ArrayList<>();
        domains.readAndClearDirty(domain, IOVA, PAGES * page, (iova, length, sizeLg2) -> {
            for (long at = iova; at < iova + length; at += page) {
                pages.add((at - IOVA) / page);
            }
        });
        return pages;
    }
}
