package org.iommu4j.system.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CacheSizeTest {
    private static final int STEPS = 1000 * Integer.getInteger("iommu4j.scale", 1);

    private final long seed = new Random().nextLong();

    @ParameterizedTest
    @EnumSource
    void cachesOfOneAndOfManyEntriesGiveTheSameDataAndFaults(Mode mode) {
        List<String> few = play(mode, Caches.ONE_ENTRY);
        List<String> many = play(mode, Caches.LARGE);
        assertTrue(few.stream().anyMatch(line -> line.contains("OptionalLong[")), () -> "no data, seed " + seed);
        assertTrue(few.stream().anyMatch(line -> line.contains("OptionalLong.empty")), () -> "no faults, seed " + seed);
        assertEquals(String.join("\n", few), String.join("\n", many), () -> "seed " + seed);
    }

    private List<String> play(Mode mode, Caches caches) {
        try (Rig rig = new Rig(Definitions.of(mode, caches, 1), mode.driver())) {
            return new RandomRun(rig, seed).play(STEPS);
        } catch (AssertionError e) {
            throw new AssertionError(mode + ", " + caches + ", seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
