package org.iommu4j.mm.area;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class AreasTest {
    private static final int ADDRESSES = 40;
    private static final int STEPS = 2_000 * Integer.getInteger("iommu4j.scale", 1);

    /** What each address allows, -1 where there is none. */
    private final int[] model = new int[ADDRESSES];
    private final Areas areas = new Areas();

    @RepeatedTest(4)
    void areasAreWhatAnArrayOfAddressesIs(RepetitionInfo round) {
        long seed = Long.getLong("iommu4j.seed", round.getCurrentRepetition());
        Random random = new Random(seed);
        Arrays.fill(model, -1);
        for (int step = 0; step < STEPS; step++) {
            int first = random.nextInt(ADDRESSES);
            int last = first + random.nextInt(Math.min(8, ADDRESSES - first));
            int access = random.nextInt(3);
            String what = "seed " + seed + ", step " + step;
            switch (random.nextInt(3)) {
                case 0 -> {
                    if (holds(first, last, false)) {
                        areas.add(first, last, access);
                        set(first, last, access);
                    } else {
                        refused(Reason.EXISTS, what, () -> areas.add(first, last, access));
                    }
                }
                case 1 -> {
                    areas.remove(first, last);
                    set(first, last, -1);
                }
                default -> {
                    if (holds(first, last, true)) {
                        areas.protect(first, last, access);
                        set(first, last, access);
                    } else {
                        refused(Reason.BAD_ADDRESS, what, () -> areas.protect(first, last, access));
                    }
                }
            }
            assertEquals(modelled(), areas.list(), what);
            lookUp(what, 1 + random.nextInt(6));
        }
    }

    @Test
    void tooManyAreasAreRefusedAndNothingIsCut() {
        for (int i = 0; i < Areas.MOST; i++) {
            areas.add(i * 4L, i * 4L + 2, i & 1);
        }
        List<Area> before = areas.list();
        refused(Reason.NO_MEMORY, "remove", () -> areas.remove(1, 1));
        refused(Reason.NO_MEMORY, "protect", () -> areas.protect(1, 1, 7));
        refused(Reason.NO_MEMORY, "add", () -> areas.add(3, 3, 7));
        assertEquals(before, areas.list());
    }

    private void lookUp(String what, int length) {
        for (int address = 0; address < ADDRESSES; address++) {
            Area found = areas.find(address);
            if (model[address] < 0) {
                assertNull(found, what);
            } else {
                assertEquals(model[address], found.access(), what);
            }
        }
        int gap = -1;
        for (int at = 2; at + length <= ADDRESSES; at++) {
            gap = holds(at, at + length - 1, false) ? at : gap;
        }
        assertEquals(gap, areas.highestGap(length, 2, ADDRESSES - 1), what + ", gap of " + length);
    }

    private void refused(Reason reason, String what, Runnable call) {
        assertEquals(reason, assertThrows(IommuException.class, call::run, what).reason(), what);
    }

    private boolean holds(int first, int last, boolean mapped) {
        for (int address = first; address <= last; address++) {
            if (model[address] >= 0 != mapped) {
                return false;
            }
        }
        return true;
    }

    private void set(int first, int last, int access) {
        Arrays.fill(model, first, last + 1, access);
    }

    /** Neighbours that allow the same are joined where a map or a change of rights made them neighbours. */
    private List<Area> modelled() {
        List<Area> runs = new ArrayList<>();
        for (int at = 0; at < ADDRESSES; at++) {
            Area before = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (model[at] < 0) {
                continue;
            }
            if (before != null && before.last() == at - 1 && before.access() == model[at]) {
                runs.set(runs.size() - 1, new Area(before.first(), at, model[at]));
            } else {
                runs.add(new Area(at, at, model[at]));
            }
        }
        return runs;
    }
}
