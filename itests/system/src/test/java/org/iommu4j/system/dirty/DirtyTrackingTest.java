package org.iommu4j.system.dirty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DirtyTrackingTest {
    private static final String DEVICE = "0000:01:00.0";
    private static final long IOVA = 0x20_0000;
    private static final long PAGES = 64;
    private static final long PAGE = 4096;
    private static final long LARGE = 0x4000_0000;

    @ParameterizedTest
    @EnumSource(names = {"FIRST_STAGE", "ARM", "ARM_LINEAR", "AMD", "AMD_GUEST", "AMD_CACHING"})
    void eachWriteIsToldOnceByTheNextCallAndNoReadEver(Mode mode) {
        try (Rig rig = new Rig(Definitions.of(mode, Caches.LARGE, 1), mode.driver())) {
            Domain domain = tracked(rig);
            Dma dma = rig.dma(DEVICE, 0);
            write(dma, 3);
            rig.domains().dirtyTracking(domain, true);
            assertEquals(Set.of(), dirty(rig, domain), "written before tracking began");

            write(dma, 0, 5, 6, 63);
            dma.read(IOVA + 9 * PAGE);
            assertEquals(Set.of(0L, 5L, 6L, 63L), dirty(rig, domain));
            assertEquals(Set.of(), dirty(rig, domain));
            write(dma, 5);
            assertEquals(Set.of(5L), dirty(rig, domain), "the page is in caches; its mark is not");

            rig.update(mode.driver());
            write(dma, 7);
            assertEquals(Set.of(7L), dirty(rig, domain), "another driver goes on");

            List<String> large = new ArrayList<>();
            assertTrue(dma.write(LARGE + 0x12_3450, 1));
            rig.domains().readAndClearDirty(domain, LARGE, 0x20_0000, (iova, length, lg2) ->
                    large.add(Long.toHexString(iova) + "+" + Long.toHexString(length) + " of " + lg2));
            assertEquals(List.of("40000000+200000 of 21"), large);

            rig.domains().dirtyTracking(domain, false);
            write(dma, 8);
            rig.domains().dirtyTracking(domain, true);
            assertEquals(Set.of(), dirty(rig, domain), "written while tracking was off");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FIRST_STAGE", "AMD_GUEST"})
    void aGroupGoesFromTheFirstStageToTrackingAndBackWhileItDoesDma(Mode mode) {
        try (Rig rig = new Rig(Definitions.of(mode, Caches.ONE_ENTRY, 1), mode.driver())) {
            IommuGroup group = rig.group(DEVICE);
            Domain plain = rig.domainWith(group, IOVA, 0x1_0010_0000L, 11);
            Domain tracked = tracked(rig);
            AttachMethod back = mode == Mode.FIRST_STAGE ? AttachMethod.TABLE_SWING : AttachMethod.ENTRY_UPDATE;
            assertEquals(back, rig.iommu().replace(group, plain));
            assertEquals(AttachMethod.ENTRY_UPDATE, rig.iommu().replace(group, tracked));
            rig.domains().dirtyTracking(tracked, true);
            write(rig.dma(DEVICE, 0), 2);
            assertEquals(Set.of(2L), dirty(rig, tracked));
            assertEquals(AttachMethod.ENTRY_UPDATE, rig.iommu().replace(group, plain), "the pointer was kept");
            assertEquals(11, rig.dma(DEVICE, 0).read(IOVA).orElseThrow());
        }
    }

    private static Domain tracked(Rig rig) {
        IommuGroup group = rig.group(DEVICE);
        Domain domain = rig.iommu().allocate(group, Set.of(DomainFlag.DIRTY_TRACKING));
        // Next to where larger pages would fit: a mark is a page's.
        rig.domains().map(domain, IOVA, 0x1_0001_1000L, PAGES * PAGE, Rig.RW);
        rig.domains().map(domain, LARGE, 0x1_4000_0000L, 0x20_0000, Rig.RW);
        rig.iommu().replace(group, domain);
        return domain;
    }

    private static void write(Dma dma, long... pages) {
        for (long page : pages) {
            assertTrue(dma.write(IOVA + page * PAGE, page));
        }
    }

    private static Set<Long> dirty(Rig rig, Domain domain) {
        Set<Long> pages = new TreeSet<>();
        rig.domains().readAndClearDirty(domain, IOVA, PAGES * PAGE, (iova, length, lg2) -> {
            for (long at = iova; at < iova + length; at += PAGE) {
                pages.add((at - IOVA) / PAGE);
            }
        });
        return pages;
    }
}
