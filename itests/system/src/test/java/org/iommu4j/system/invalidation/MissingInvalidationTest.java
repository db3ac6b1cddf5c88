package org.iommu4j.system.invalidation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.system.doubles.EarlyFree;
import org.iommu4j.system.doubles.Invalidations;
import org.iommu4j.system.doubles.UnitDouble;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.AssertionFailedError;

/** Each law holds with the real driver, and is broken by the driver that leaves one thing out. */
class MissingInvalidationTest {
    /** All generators of DMA, one a group. */
    private static final List<String> DEVICES = List.of("0000:00:05.0", "0000:01:00.0", "0000:02:00.0",
            "0000:04:02.0", "0000:07:00.0");

    @ParameterizedTest
    @EnumSource
    void anUnmapThatLeavesPagesInTheIotlbIsCaught(Mode mode) {
        holdsButNotWith(Invalidations::withoutIotlbOfPages, mode, Laws::unmappedIsOutOfReach);
    }

    /** Without range invalidation, what a table maps is as many pages as all of a domain is forgotten for. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ARM_PLAIN")
    void anUnmapThatLeavesTablesInTheWalkCacheIsCaught(Mode mode) {
        holdsButNotWith(Invalidations::sayingLeavesOnly, mode, Laws::newTablesAreWalked);
    }

    @ParameterizedTest
    @EnumSource
    void aReplaceThatLeavesTheOldDomainInTheIotlbIsCaught(Mode mode) {
        holdsButNotWith(Invalidations::withoutIotlbOfDomain, mode, Laws::aNumberIsCleanWhenUsedAgain);
    }

    /** In the first stage of VT-d a directory is swung, and all of the cache goes with it. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"FIRST_STAGE", "NOT_SNOOPED"})
    void aReplaceThatLeavesTheEntryInItsCacheIsCaught(Mode mode) {
        holdsButNotWith(Invalidations::withoutEntryOfRequester, mode, Laws::replacedIsNotInForce);
        holdsButNotWith(Invalidations::withoutEntryOfRequester, mode, Laws::blockedIsBlocked);
    }

    @ParameterizedTest
    @EnumSource(names = ".*_CACHING", mode = EnumSource.Mode.MATCH_ALL)
    void aMapThatIsNotInvalidatedWhereAbsenceIsCachedIsCaught(Mode mode) {
        holdsButNotWith(Invalidations::withoutIotlbOfPages, mode, Laws::mappedIsInReach);
    }

    @Test
    void anAttachThatIsNotInvalidatedWhereAbsenceIsCachedIsCaught() {
        holdsButNotWith(Invalidations::withoutEntryOfRequester, Mode.LEGACY_CACHING, Laws::attachedIsTranslated);
        holdsButNotWith(Invalidations::withoutGlobal, Mode.SCALABLE_CACHING, Laws::attachedIsTranslated);
    }

    @ParameterizedTest
    @EnumSource
    void anUnmapThatDoesNotWaitIsCaught(Mode mode) {
        holdsButNotWith(Invalidations::withoutWaiting, mode, LateDma::unmapWaits);
    }

    @ParameterizedTest
    @EnumSource
    void aReplaceThatDoesNotWaitIsCaught(Mode mode) {
        holdsButNotWith(Invalidations::withoutWaiting, mode, LateDma::replaceWaits);
        holdsButNotWith(Invalidations::withoutWaiting, mode, LateDma::replaceOfIdentityWaits);
    }

    @ParameterizedTest
    @EnumSource
    void aTableThatIsFreedBeforeTheWaitIsCaught(Mode mode) {
        holds(mode.driver(), mode, Laws::tablesOutliveTheirWalks);
        holdsNot(EarlyFree.driver(mode.driver()), mode, Laws::tablesOutliveTheirWalks);
    }

    /** The SMMUv3 driver invalidates each stream again when it is put into its first domain. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "ARM.*")
    void aStartThatTrustsTheCachesOfARunningUnitIsCaught(Mode mode) {
        restartForgets(mode.driver(), mode);
        IommuDriver forgetful = Invalidations.of(mode).withoutGlobal();
        assertThrows(AssertionFailedError.class, () -> restartForgets(forgetful, mode));
    }

    private static void holdsButNotWith(Function<Invalidations, IommuDriver> defect, Mode mode, Laws.Law law) {
        holds(mode.driver(), mode, law);
        holdsNot(defect.apply(Invalidations.of(mode)), mode, law);
    }

    private static void holds(IommuDriver driver, Mode mode, Laws.Law law) {
        try (Rig rig = new Rig(Definitions.of(mode, Caches.LARGE, 1), driver)) {
            law.check(rig);
        }
    }

    private static void holdsNot(IommuDriver driver, Mode mode, Laws.Law law) {
        try (Rig rig = new Rig(Definitions.of(mode, Caches.LARGE, 1), driver)) {
            assertThrows(AssertionFailedError.class, () -> law.check(rig));
        }
    }

    /**
     * A unit whose driver has gone without a record forgets what it had cached under that driver. All that can do DMA
     * has a domain of its own, so that numbers of domains are handed out again.
     */
    private static void restartForgets(IommuDriver successor, Mode mode) {
        try (Rig rig = new Rig(Definitions.of(mode, Caches.LARGE, 1), UnitDouble.withoutRecord(mode.driver()))) {
            Map<String, Domain> domains = new HashMap<>();
            for (String device : DEVICES) {
                IommuGroup group = rig.group(device);
                domains.put(device, rig.domainWith(group, Laws.IOVA, 0x1_4000_0000L, 1));
                rig.iommu().replace(group, domains.get(device));
                assertEquals(OptionalLong.of(1), rig.dma(device, 0).read(Laws.IOVA));
            }
            rig.remove(1);
            rig.awaitState(UnitState.BLOCKED);
            rig.add(successor);
            rig.awaitState(UnitState.DRIVEN);
            for (String device : DEVICES) {
                assertTrue(rig.domains().translate(domains.get(device), Laws.IOVA) < 0, "what was mapped is forgotten");
                assertEquals(OptionalLong.empty(), rig.dma(device, 0).read(Laws.IOVA), "read after a cold start");
            }
        }
    }
}
