package org.iommu4j.system.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Driver after driver while clients map, unmap, move their groups and do DMA. */
class SwapStormTest {
    private static final int SWAPS = 30 * Integer.getInteger("iommu4j.scale", 1);
    private static final List<String> DEVICES = List.of("0000:07:00.0", "0000:02:00.0");

    private final long seed = new Random().nextLong();

    @ParameterizedTest
    @EnumSource
    void noCallFailsAndNoTransferGoesAstrayWhileDriversChange(Mode mode) {
        try (Rig rig = new Rig(Definitions.of(mode, new Caches(16, 4, 16, 4), 1), mode.driver())) {
            long before = rig.driverBytes();
            try (Traffic traffic = new Traffic(rig)) {
                swapUnderLoad(rig, mode);
                assertNull(traffic.failure(), () -> "seed " + seed + ": " + traffic.failure());
            }
            assertEquals(before, rig.driverBytes(), "every frame was given back, whichever driver had taken it");
        }
    }

    private void swapUnderLoad(Rig rig, Mode mode) {
        List<Software> clients = new ArrayList<>();
        for (int i = 0; i < DEVICES.size(); i++) {
            clients.add(new Software(rig, DEVICES.get(i), i, seed + i));
        }
        try {
            for (int swap = 0; swap < SWAPS; swap++) {
                int rounds = rounds(clients);
                if (swap % 3 == 2) {
                    rig.update(mode.driver());
                } else {
                    assertEquals("adopt", rig.swap(mode::driver).method());
                }
                Condition.await("calls between two swaps", () -> clients.stream().anyMatch(Software::hasEnded)
                        || rounds(clients) > rounds + 1);
            }
        } finally {
            clients.forEach(Software::end);
        }
        for (Software client : clients) {
            assertNull(client.failure(), () -> "seed " + seed + ": " + client.failure());
            assertTrue(client.rounds() > 0);
        }
    }

    private static int rounds(List<Software> clients) {
        return clients.stream().mapToInt(Software::rounds).sum();
    }
}
