package org.iommu4j.system.invalidation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;

/** Laws of transactions that are late: what software may do with a frame when an unmap or a replace has returned. */
final class LateDma {
    private static final String DEVICE = Laws.DEVICE;
    private static final long IOVA = Laws.IOVA;
    private static final long FRAME = 0x1_4000_0000L;
    private static final long OTHER = 0x1_5000_0000L;
    private static final long LATE = 0x1a7e;
    private static final long REUSED = 0x2e0_5ed;

    private LateDma() {
    }

    /** An unmap returns after the transactions that it took the mapping from, and nothing reaches the frame then. */
    static void unmapWaits(Rig rig) {
        IommuGroup group = rig.group(DEVICE);
        Domain domain = rig.domainWith(group, IOVA, FRAME, 0);
        rig.iommu().replace(group, domain);
        frameIsFreeAfter(rig, "unmap", () -> rig.domains().unmap(domain, IOVA, rig.page()));
        assertEquals(OptionalLong.empty(), rig.dma(DEVICE, 0).read(IOVA), "read of what has been unmapped");
    }

    /** A replace by another paging domain returns after the transactions of the old one. */
    static void replaceWaits(Rig rig) {
        IommuGroup group = rig.group(DEVICE);
        rig.iommu().replace(group, rig.domainWith(group, IOVA, FRAME, 0));
        Domain other = rig.domainWith(group, IOVA, OTHER, 0);
        frameIsFreeAfter(rig, "replace", () -> rig.iommu().replace(group, other));
        assertEquals(LATE, rig.memory().loadAcquire64(OTHER), "where the next write of the device goes");
    }

    /** A device that is blocked has no transaction under way any more, although nothing was cached of it by page. */
    static void replaceOfIdentityWaits(Rig rig) {
        IommuGroup group = rig.group(DEVICE);
        rig.iommu().replace(group, rig.iommu().identity());
        try (Held held = new Held(rig, FRAME)) {
            held.write(rig.dma(DEVICE, 0), LATE);
            held.change("block", () -> {
                rig.iommu().replace(group, rig.iommu().blocked());
                rig.memory().storeRelease64(FRAME, REUSED);
            });
            held.release();
            assertTrue(held.waited(), "the device was blocked while its transaction was under way");
        }
        assertEquals(REUSED, rig.memory().loadAcquire64(FRAME), "the frame was written after it was used again");
    }

    private static void frameIsFreeAfter(Rig rig, String name, Runnable change) {
        Dma dma = rig.dma(DEVICE, 0);
        try (Held held = new Held(rig, IOVA)) {
            held.write(dma, LATE);
            held.change(name, () -> {
                change.run();
                rig.memory().storeRelease64(FRAME, REUSED);
            });
            held.release();
            assertEquals(OptionalLong.of(LATE), held.outcome(), "the held write");
            assertTrue(held.waited(), name + " returned while a transaction that it had to wait for was under way");
        }
        dma.write(IOVA, LATE);
        assertEquals(REUSED, rig.memory().loadAcquire64(FRAME), "the frame was written after it was used again");
    }
}
