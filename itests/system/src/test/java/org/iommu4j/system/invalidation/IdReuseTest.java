package org.iommu4j.system.invalidation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.OptionalLong;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.system.doubles.Invalidations;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.AssertionFailedError;

/**
 * What tags cached translations is used again and again: the id of a domain (domain id, ASID, VMID) by one device after
 * the other, and the PASID of requests without one by all devices at once. Each of ten pairs of devices maps one IOVA to
 * two pages; nothing is ever evicted.
 */
class IdReuseTest {
    private static final List<String> DEVICES = List.of("0000:00:05.0", "0000:01:00.0", "0000:02:00.0",
            "0000:04:02.0", "0000:07:00.0");
    private static final long IOVA = Laws.IOVA;
    private static final long FRAMES = 0x1_4000_0000L;
    private static final long FRAME_BYTES = 1 << 21;
    private static final int ROUNDS = 10;

    @ParameterizedTest
    @EnumSource
    void anIdThatGoesFromDeviceToDeviceBringsNoTranslationAlong(Mode mode) {
        handOvers(mode, mode.driver());
    }

    @ParameterizedTest
    @EnumSource
    void anIdThatBringsTranslationsAlongIsCaught(Mode mode) {
        IommuDriver defective = Invalidations.of(mode).withoutIotlbOfDomain();
        assertThrows(AssertionFailedError.class, () -> handOvers(mode, defective));
    }

    private static void handOvers(Mode mode, IommuDriver driver) {
        try (Rig rig = new Rig(Definitions.of(mode, Caches.LARGE, 1), driver)) {
            DEVICES.forEach(device -> rig.iommu().replace(rig.group(device), rig.iommu().blocked()));
            for (int first = 0; first < DEVICES.size(); first++) {
                for (int second = first + 1; second < DEVICES.size(); second++) {
                    handOver(rig, mode, DEVICES.get(first), DEVICES.get(second), first * DEVICES.size() + second);
                }
            }
        }
    }

    /** A device gives its domain back, whose id the other one's gets. */
    private static void handOver(Rig rig, Mode mode, String giver, String taker, int number) {
        Domain given = enter(rig, giver, 2 * number);
        String id = id(rig, mode, giver);
        assertEquals(OptionalLong.of(tag(2 * number)), rig.dma(giver, 0).read(IOVA));
        leave(rig, giver, given);

        Domain taken = enter(rig, taker, 2 * number + 1);
        String what = giver + " and " + taker + ", " + id;
        assertEquals(id, id(rig, mode, taker), () -> "the id is not used again, " + what);
        assertEquals(OptionalLong.of(tag(2 * number + 1)), rig.dma(taker, 0).read(IOVA), what);
        assertEquals(OptionalLong.empty(), rig.dma(giver, 0).read(IOVA), what);
        leave(rig, taker, taken);
    }

    @ParameterizedTest
    @EnumSource
    void onePasidOnTwoDevicesLeadsToTwoTables(Mode mode) {
        try (Rig rig = new Rig(Definitions.of(mode, Caches.LARGE, 1), mode.driver())) {
            List<Domain> domains = DEVICES.stream().map(device -> enter(rig, device, DEVICES.indexOf(device))).toList();
            assertEquals(DEVICES.size(), DEVICES.stream().map(device -> id(rig, mode, device)).distinct().count());
            List<Dma> channels = DEVICES.stream().map(device -> rig.dma(device, 0)).toList();
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < channels.size(); i++) {
                    assertEquals(OptionalLong.of(tag(i)), channels.get(i).read(IOVA), DEVICES.get(i));
                }
            }
            assertEquals(rig.page(), rig.domains().unmap(domains.get(0), IOVA, rig.page()));
            assertEquals(OptionalLong.empty(), channels.get(0).read(IOVA));
            for (int i = 1; i < channels.size(); i++) {
                assertEquals(OptionalLong.of(tag(i)), channels.get(i).read(IOVA), "another domain's unmap");
            }
        }
    }

    private static Domain enter(Rig rig, String device, int number) {
        IommuGroup group = rig.group(device);
        Domain domain = rig.domainWith(group, IOVA, FRAMES + number * FRAME_BYTES, tag(number));
        rig.iommu().replace(group, domain);
        return domain;
    }

    private static void leave(Rig rig, String device, Domain domain) {
        rig.iommu().replace(rig.group(device), rig.iommu().blocked());
        rig.iommu().free(domain);
    }

    private static long tag(int number) {
        return 0x7a6_0000L + number;
    }

    /** What tags a device's translations, as the entries in memory say it. */
    private static String id(Rig rig, Mode mode, String device) {
        List<WalkStep> steps = rig.status().walk(rig.iommu().machine(), PciAddress.parse(device), IOVA);
        String id = mode.vendor().domainId(steps);
        assertNotEquals("", id, steps::toString);
        return id;
    }
}
