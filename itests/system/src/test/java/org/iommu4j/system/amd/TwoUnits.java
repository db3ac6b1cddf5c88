package org.iommu4j.system.amd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.iommu4j.api.Domain;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.system.rig.Vendor;

/**
 * The machine {@code amd} with a second unit, and a domain that devices of both are in. A page's first word tells its
 * IOVA. Any thread.
 */
final class TwoUnits implements AutoCloseable {
    /** Two of the first unit, one of it behind a bridge, whose requests carry an alias, and one of the second unit. */
    static final List<String> DEVICES = List.of("0000:00:05.0", "0000:07:00.0", "0000:04:02.0", "0000:01:00.0");
    /** Their requests' ids. */
    static final int[] REQUESTERS = {0x0028, 0x0700, 0x0400, 0x0100};
    /** The first addresses that tables of 3, 4 and 5 levels do not reach. */
    static final long[] LIMITS = {1L << 39, 1L << 48, 1L << 57};
    static final long PAGE = PhysicalMemory.PAGE;

    private static final String SECOND = "ivhd1";
    private static final String SECOND_BASE = "0xfeba0000";
    private static final long QUOTA = 1 << 24;
    private static final int DTE_BYTES = 32;
    private static final int MODE_SHIFT = 9;
    private static final int MODE_BITS = 7;

    private final Rig rig;
    private final PageAllocator frames;
    /** One channel a device, for one thread after the other. */
    private final List<Dma> channels;
    private final List<Lock> turns = DEVICES.stream().<Lock>map(device -> new ReentrantLock(true)).toList();
    private Domain domain;

    TwoUnits(Caches caches, IommuDriver driver) {
        rig = new Rig(definition(caches), driver);
        frames = rig.frames().allocator("test", QUOTA);
        Condition.await("both units are driven", () -> rig.status().units().size() == 2
                && rig.status().units().stream().allMatch(unit -> unit.state() == UnitState.DRIVEN));
        channels = DEVICES.stream().map(device -> rig.dma(device, 0)).toList();
        renew();
    }

    private static MachineDefinition definition(Caches caches) {
        JsonObject bundled = Definitions.bundled(Vendor.AMDVI);
        JsonObject first = Json.createObjectBuilder(bundled.getJsonArray("units").getJsonObject(0))
                .add("caches", caches.json(Vendor.AMDVI)).build();
        JsonObject second = Json.createObjectBuilder(first).add("name", SECOND).add("base", SECOND_BASE)
                .add("scopes", Json.createArrayBuilder().add("0000:00:1c.0")).build();
        JsonArrayBuilder devices = Json.createArrayBuilder();
        JsonArray old = bundled.getJsonArray("devices");
        IntStream.range(0, 2).forEach(i -> devices.add(old.get(i)));
        devices.add(Json.createObjectBuilder().add("address", "0000:00:00.3").add("kind", "iommu").add("unit", SECOND));
        IntStream.range(2, old.size()).forEach(i -> devices.add(old.get(i)));
        JsonObject machine = Json.createObjectBuilder(bundled).add("devices", devices)
                .add("units", Json.createArrayBuilder().add(first).add(second)).build();
        return MachineReader.read(DefinitionNode.parse("two AMD units", machine.toString()));
    }

    Rig rig() {
        return rig;
    }

    Domain domain() {
        return domain;
    }

    /** A new domain, its table of 3 levels, takes the place of the old one. */
    void renew() {
        domain = rig.iommu().allocate(rig.group(DEVICES.get(0)));
        DEVICES.forEach(device -> rig.iommu().replace(rig.group(device), domain));
    }

    /** Maps a page to a frame of its own. @return its IOVA */
    long map(long iova) {
        map(iova, 1);
        return iova;
    }

    /** Maps neighbouring pages with one call. */
    void map(long iova, int pages) {
        int sizeLg2 = Long.numberOfTrailingZeros(PAGE * pages);
        long pa = frames.allocate(sizeLg2);
        for (int page = 0; page < pages; page++) {
            rig.memory().storeRelease64(pa + page * PAGE, tag(iova + page * PAGE));
        }
        rig.domains().map(domain, iova, pa, pages * PAGE, Rig.RW);
    }

    static long tag(long iova) {
        return iova | 0x7a6;
    }

    /** A word of an IOVA as a device sees it; empty if it is refused. */
    OptionalLong read(int device, long iova) {
        turns.get(device).lock();
        try {
            return channels.get(device).read(iova);
        } finally {
            turns.get(device).unlock();
        }
    }

    /** @return false if it is refused */
    boolean write(int device, long iova, long value) {
        turns.get(device).lock();
        try {
            return channels.get(device).write(iova, value);
        } finally {
            turns.get(device).unlock();
        }
    }

    /** Every device reads a page. */
    void assertReached(long iova) {
        assertReached(iova, 0);
    }

    /** As {@link #assertReached(long)}, a certain device first. */
    void assertReached(long iova, int first) {
        for (int turn = 0; turn < DEVICES.size(); turn++) {
            int device = (first + turn) % DEVICES.size();
            assertEquals(OptionalLong.of(tag(iova)), read(device, iova),
                    DEVICES.get(device) + " reads " + Long.toHexString(iova));
        }
    }

    /** What the device table entries of all devices say: levels of the table. */
    List<Integer> levels() {
        return IntStream.range(0, DEVICES.size()).mapToObj(this::entry)
                .map(pa -> (int) (rig.memory().load64(pa) >>> MODE_SHIFT) & MODE_BITS).toList();
    }

    /** Physical address of a device's entry. */
    long entry(int device) {
        return table(device == DEVICES.size() - 1 ? 3 : 0) + (long) REQUESTERS[device] * DTE_BYTES;
    }

    private long table(int device) {
        return rig.status().walk(rig.iommu().machine(), PciAddress.parse(DEVICES.get(device)), 0).get(0).pa()
                - (long) REQUESTERS[device] * DTE_BYTES;
    }

    @Override
    public void close() {
        rig.close();
    }
}
