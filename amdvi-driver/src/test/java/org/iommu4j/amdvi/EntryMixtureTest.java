package org.iommu4j.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.iommu4j.amdvi.fake.FakeUnit;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.driver.fake.FakeBoard;
import org.junit.jupiter.api.Test;

/**
 * Hardware may see the two halves of a device table entry from different times. Whatever it sees while an entry is
 * changed, read here by section 2.2.2.1 and by nothing of the driver's, must be the old translation or the new one.
 */
class EntryMixtureTest {
    private static final int RID = 0x10;

    @Test
    void every_mixture_of_halves_is_the_old_or_the_new_translation() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (FakeBoard board = FakeUnit.board()) {
            FakeUnit unit = new FakeUnit(board, "ivhd0", FakeUnit.EFR_ALL, false);
            DriverUnit hosts = new AmdDriver(1, 50_000_000, false).attach(unit);
            check(board, unit, hosts, List.of(hosts.blocked(), hosts.identity(), hosts.allocate(1), hosts.allocate(2),
                    hosts.allocate(3, Set.of(DomainFlag.DIRTY_TRACKING))), random);
            FakeUnit other = new FakeUnit(board, "ivhd1", FakeUnit.EFR_ALL, false);
            DriverUnit guests = new AmdDriver(1, 50_000_000, true).attach(other);
            check(board, other, guests, List.of(guests.blocked(), guests.identity(), guests.allocate(4),
                    guests.allocate(5), guests.allocate(6, Set.of(DomainFlag.DIRTY_TRACKING))), random);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static void check(FakeBoard board, FakeUnit unit, DriverUnit driven, List<DriverDomain> domains,
            Random random) {
        int changes = 0;
        for (int turn = 0; turn < 200 * Integer.getInteger("iommu4j.scale", 1); turn++) {
            List<long[]> seen = new ArrayList<>(List.of(words(board, unit)));
            String old = meaning(board, seen.get(0), seen.get(0));
            Set<String> met = new HashSet<>(Set.of(old));
            board.onStore128 = () -> { // what the old entry leads to is not freed yet
                seen.add(words(board, unit));
                for (long[] lower : seen) {
                    seen.forEach(upper -> met.add(meaning(board, lower, upper)));
                }
            };
            driven.attach(RID, domains.get(random.nextInt(domains.size())));
            board.onStore128 = () -> { };
            String now = meaning(board, words(board, unit), words(board, unit));
            assertEquals(new HashSet<>(List.of(old, now)), met);
            changes += old.equals(now) ? 0 : 1;
        }
        assertTrue(changes > 50);
    }

    private static long[] words(FakeBoard board, FakeUnit unit) {
        long[] words = new long[4];
        for (int i = 0; i < 4; i++) {
            words[i] = board.memory.load64(unit.entry(RID) + 8L * i);
        }
        return words;
    }

    /** Bits by their numbers in the 256: V 0, TV 1, mode 11:9, IR 61, IW 62, GV 55, GIoV 54, GLX 57:56, GPM 183:182. */
    private static String meaning(FakeBoard board, long[] lower, long[] upper) {
        long low = lower[0];
        long high = lower[1];
        assertEquals(3, low & 3, "V and TV always");
        assertEquals(0, upper[2] & 0x1f_ffff_ffff_ffffL | upper[3], "no interrupt table, nothing in word 3");
        long domain = high & 0xffff;
        if ((low >>> 55 & 1) != 0) {
            long gcr3 = (low >>> 58 & 7) << 12 | (high >>> 16 & 0xffff) << 15 | high >>> 43 << 31;
            for (long level = low >>> 56 & 3; level > 0; level--) {
                gcr3 = board.memory.load64(gcr3) & -4096;
            }
            assertEquals(1, low >>> 54 & 1, "GIoV");
            return "guest " + domain + " " + Long.toHexString(board.memory.load64(gcr3)) + " of "
                    + (4 + (upper[2] >>> 54 & 3)) + " levels, rights " + (low >>> 61 & 3);
        }
        return "host " + domain + " mode " + (low >>> 9 & 7) + " root " + (low & 0xffffffffff000L) + " HAD "
                + (low >>> 7 & 3) + " rights " + (low >>> 61 & 3);
    }
}
