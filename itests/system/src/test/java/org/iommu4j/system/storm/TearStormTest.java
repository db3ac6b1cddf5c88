package org.iommu4j.system.storm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.system.doubles.Interrupted;
import org.iommu4j.system.doubles.TornStores;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.system.storm.Storm.Result;
import org.iommu4j.system.storm.Storm.Source;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TearStormTest {
    private static final int MOVES = 100 * Integer.getInteger("iommu4j.scale", 1);
    /** A defect is met after a few dozen as a rule; the storm ends with it. */
    private static final int MOVES_UNTIL_CAUGHT = 3000;
    private static final List<Source> ALONE = List.of(new Source("0000:01:00.0", 0), new Source("0000:01:00.0", 1));
    private static final List<Source> FUNCTIONS = List.of(new Source("0000:02:00.0", 0), new Source("0000:02:00.1", 0));
    /** Behind a PCIe-to-PCI bridge: hardware sees the bridge's alias. */
    private static final List<Source> ALIASED = List.of(new Source("0000:04:02.0", 0));

    private final long seed = new Random().nextLong();

    @ParameterizedTest
    @EnumSource
    void aDeviceSeesTheOldOrTheNewDomain(Mode mode) {
        assertCalm(mode, ALONE);
    }

    @ParameterizedTest
    @EnumSource
    void bothFunctionsOfADeviceSeeTheOldOrTheNewDomain(Mode mode) {
        assertCalm(mode, FUNCTIONS);
    }

    @ParameterizedTest
    @EnumSource
    void aDeviceBehindABridgeSeesTheOldOrTheNewDomain(Mode mode) {
        assertCalm(mode, ALIASED);
    }

    /** What is not snooped reaches hardware by lines, whole even if stored in halves; an SMMUv3 has no wide stores. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = {"NOT_SNOOPED", "ARM.*"})
    void entriesThatAreStoredInHalvesAreCaught(Mode mode) {
        Storm storm = new Storm();
        IommuDriver driver = TornStores.driver(mode.driver(), () -> storm.letPass(40), seed);
        MachineDefinition machine = Definitions.of(mode, Caches.FEW_ENTRIES, seed >>> 33);
        Result result = play(storm, machine, driver, ALONE, MOVES_UNTIL_CAUGHT);
        assertTrue(result.wrong() + result.lost() > 0, () -> "nothing was seen, seed " + seed + ": " + result);
    }

    private void assertCalm(Mode mode, List<Source> sources) {
        for (Caches caches : List.of(Caches.ONE_ENTRY, Caches.FEW_ENTRIES)) {
            Storm storm = new Storm();
            Random random = new Random(seed);
            IommuDriver driver = Interrupted.driver(mode.driver(), () -> storm.letPass(random.nextInt(20)));
            Result result = play(storm, Definitions.of(mode, caches, seed >>> 33), driver, sources, MOVES);
            String what = caches + ", seed " + seed + ": " + result;
            assertEquals(0, result.wrong(), what);
            assertEquals(0, result.lost(), what);
            assertTrue(result.during() > MOVES, "too little DMA during replaces, " + what);
        }
    }

    /** Every fetch and every access may be interrupted. */
    private Result play(Storm storm, MachineDefinition machine, IommuDriver driver, List<Source> sources, int moves) {
        try (Rig rig = new Rig(machine, driver)) {
            AtomicInteger turn = new AtomicInteger();
            rig.model().preemptBetweenFetches(Thread::yield);
            rig.machine().preempt((rid, iova, pa) -> {
                if ((turn.incrementAndGet() & 15) == 0) {
                    Thread.yield();
                }
            });
            return storm.run(rig, sources, seed, moves);
        }
    }
}
