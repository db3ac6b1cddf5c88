package org.iommu4j.system.storm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.system.storm.Storm.Result;
import org.iommu4j.system.storm.Storm.Source;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Replaces between every pair of kinds of domains under DMA, by the method that is due: nothing lost or wrong. */
class ReplacePairsTest {
    private static final List<Source> SOURCES = List.of(new Source("0000:01:00.0", 0), new Source("0000:01:00.0", 1));
    private static final int ROUNDS = 3;
    private static final int TRACKED = Scenery.PAGING - 1;
    /** All pairs; no paging domain is the one that the requester was in last. */
    private static final int[] TOUR = {Scenery.BLOCKED, Scenery.IDENTITY, 0, 1, Scenery.BLOCKED, 2, Scenery.IDENTITY,
        Scenery.BLOCKED};
    private static final int[] TRACKED_TOUR = {Scenery.BLOCKED, TRACKED, 0, TRACKED, Scenery.IDENTITY, TRACKED,
        Scenery.BLOCKED};

    private final long seed = new Random().nextLong();

    @ParameterizedTest
    @EnumSource
    void everyPairIsReplacedByTheMethodThatIsDue(Mode mode) {
        List<Integer> domains = new ArrayList<>(List.of(TOUR[0]));
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 1; i < TOUR.length; i++) {
                domains.add(TOUR[i]);
            }
        }
        assertTour(mode, domains.stream().mapToInt(Integer::intValue).toArray(), Set.of());
    }

    static Stream<Mode> tracking() {
        return Stream.of(Mode.values()).filter(mode -> MethodTable.of(mode).has("tracked"));
    }

    @ParameterizedTest
    @MethodSource("tracking")
    void domainsThatTrackWritesAreNoException(Mode mode) {
        assertTour(mode, TRACKED_TOUR, Set.of(DomainFlag.DIRTY_TRACKING));
    }

    private void assertTour(Mode mode, int[] domains, Set<DomainFlag> flags) {
        MethodTable table = MethodTable.of(mode);
        Schedule schedule = Schedule.of(domains, SOURCES.size());
        Storm storm = new Storm();
        try (Rig rig = new Rig(Definitions.of(mode, Caches.FEW_ENTRIES, seed >>> 33), mode.driver())) {
            rig.model().preemptBetweenFetches(Thread::yield);
            Result result = storm.run(rig, SOURCES, seed, schedule, flags, (move, replace) -> {
                String from = kind(domains[move - 1], flags);
                String to = kind(domains[move], flags);
                assertEquals(table.method(from, to), replace.apply(domains[move]), () -> from + " to " + to);
            });
            assertEquals(0, result.wrong() + result.lost(), () -> "seed " + seed + ": " + result);
            assertTrue(result.during() > 0, () -> "no DMA during replaces: " + result);
        }
    }

    private static String kind(int number, Set<DomainFlag> flags) {
        return switch (number) {
            case Scenery.BLOCKED -> "blocked";
            case Scenery.IDENTITY -> "identity";
            case TRACKED -> flags.isEmpty() ? "paging" : "tracked";
            default -> "paging";
        };
    }
}
