package org.iommu4j.core.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.iommu4j.core.fake.FakeDriver;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;

class DriversTest {
    private final Drivers drivers = new Drivers();

    private Candidate add(long bundle, String version, int ranking) {
        Candidate candidate = new Candidate(new FakeDriver(), "fake", "b", new Version(version), bundle, bundle,
                ranking);
        drivers.add(candidate);
        return candidate;
    }

    @Test
    void rankingComesBeforeVersionAndVersionBeforeTheLowerBundleId() {
        Candidate late = add(3, "1.0.0", 0);
        Candidate early = add(2, "1.0.0", 0);
        Candidate newer = add(4, "1.10.0", 0);
        Candidate older = add(5, "1.9.0", 0);
        Candidate ranked = add(6, "0.1.0", 1);
        assertEquals(List.of(ranked, newer, older, early, late), drivers.all());
    }

    @Test
    void aPinnedBundleComesFirstUntilAnotherIsPinned() {
        Candidate best = add(1, "2.0.0", 9);
        Candidate pinned = add(2, "1.0.0", 0);
        drivers.pin(pinned);
        assertEquals(List.of(pinned, best), drivers.all());
        assertTrue(drivers.isPinned(pinned));
        drivers.pin(best);
        assertFalse(drivers.isBetter(pinned, best));
    }

    @Test
    void aReservedDriverIsNotFreeToTakeCharge() {
        Candidate one = add(1, "1.0.0", 0);
        Candidate two = add(2, "2.0.0", 0);
        drivers.reserve(2);
        assertEquals(List.of(one), drivers.free());
        drivers.release(2);
        assertEquals(List.of(two, one), drivers.free());
    }

    @Test
    void aDriverThatHasGoneIsForgotten() {
        Candidate one = add(1, "1.0.0", 0);
        assertEquals(one, drivers.remove(1).orElseThrow());
        assertTrue(drivers.remove(1).isEmpty());
        assertEquals(List.of(), drivers.all());
    }
}
