package org.iommu4j.core.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Protection;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.api.fault.FaultSink;
import org.junit.jupiter.api.Test;

class FaultRingTest {
    private final FaultRing ring = new FaultRing();
    private final UnitFaults unit = new UnitFaults(ring, "dmar0", 2, List.of());

    @Test
    void ids_of_a_unit_that_sees_shifted_ones_come_back_as_requesters() {
        UnitFaults shifted = new UnitFaults(ring, "smmu0", 0, List.of(DeviceScope.range(1, 0x100, 0x1ff, 0x20000),
                DeviceScope.range(0, 0, 0xff, 0x10000)));
        shifted.fault(0x20018, FaultSink.NO_PASID, 0, 0, 2, "event");
        shifted.fault(0x10008, FaultSink.NO_PASID, 0, 0, 2, "event");
        assertEquals(List.of(new PciAddress(1, 0x118), new PciAddress(0, 8)),
                ring.newest().stream().map(DmaFault::source).toList());
    }

    @Test
    void aFaultIsReadAsItWasReported() {
        unit.fault(0x1FFF, FaultSink.NO_PASID, -4096, Protection.WRITE, 5, "write not allowed");
        unit.fault(0x28, 0xFFFFF, 0x1000, Protection.READ, 6, "read not allowed");
        DmaFault first = ring.newest().get(0);
        assertEquals(new DmaFault(first.timeNanos(), "dmar0", new PciAddress(2, 0x1FFF), FaultSink.NO_PASID, -4096,
                Protection.WRITE, 5, "write not allowed"), first);
        assertEquals(0xFFFFF, ring.newest().get(1).pasid());
        assertEquals("read not allowed", ring.newest().get(1).text());
    }

    @Test
    void theNewestAreKeptOldestFirstAndAllAreCounted() {
        for (int i = 0; i < 3000; i++) {
            unit.fault(1, 2, i, 1, 3, "t");
        }
        List<DmaFault> kept = ring.newest();
        assertEquals(FaultRing.KEPT, kept.size());
        assertEquals(3000 - FaultRing.KEPT, kept.get(0).iova());
        assertEquals(2999, kept.get(kept.size() - 1).iova());
        assertEquals(3000, unit.count());
        unit.overflow();
        assertEquals(1, unit.overflows());
    }

    @Test
    void readersSeeWholeFaultsWhileWritersRace() throws InterruptedException {
        int rounds = 50_000 * Integer.getInteger("iommu4j.scale", 1);
        List<Thread> writers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            writers.add(new Thread(() -> {
                for (int i = 0; i < rounds; i++) {
                    unit.fault(i & 0xFFFF, i, i, i, i, "t");
                }
            }));
        }
        writers.forEach(Thread::start);
        boolean alive = true;
        while (alive) {
            alive = writers.stream().anyMatch(Thread::isAlive);
            for (DmaFault fault : ring.newest()) {
                assertTrue(fault.iova() == fault.pasid() && fault.iova() == fault.code()
                        && fault.iova() == fault.access(), fault::toString);
            }
        }
        assertEquals(3L * rounds, unit.count());
    }
}
