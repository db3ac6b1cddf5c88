package org.iommu4j.replay.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.iommu4j.replay.trace.TraceException;
import org.iommu4j.replay.trace.TraceException.Fault;
import org.iommu4j.replay.trace.TraceText;
import org.junit.jupiter.api.Test;

class TracePlanTest {

    private static TracePlan plan(String... events) throws TraceException {
        String[] lines = new String[events.length];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = TraceText.line(9, 0, ".....", events[i]);
        }
        return TracePlan.read(TraceText.of(lines));
    }

    private static String map(long iova, long physical, long size) {
        return String.format("map: IOMMU: iova=0x%x paddr=0x%x size=%d", iova, physical, size);
    }

    private static String unmap(long iova, long size) {
        return String.format("unmap: IOMMU: iova=0x%x size=%d unmapped_size=%d", iova, size, size);
    }

    private static String probe(String what, int domain, long iova, long size, int protection) {
        return String.format("iommu_%s: (f+0x0/0x1) domain=0x%x iova=0x%x size=0x%x prot=0x%x", what, domain, iova,
                size, protection);
    }

    private static String dma(String device, long address) {
        return String.format("dma_map_page: %s dir=TO_DEVICE dma_addr=%x size=1 phys_addr=1 attrs=", device, address);
    }

    @Test
    void aDomainStartsAtItsGroupsFirstAttachOrItsFirstMapWhicheverIsEarlier() throws TraceException {
        TracePlan plan = plan("add_device_to_group: IOMMU: groupID=0 device=0000:00:01.0",
                "add_device_to_group: IOMMU: groupID=1 device=0000:00:02.0",
                "add_device_to_group: IOMMU: groupID=1 device=0000:00:02.1",
                "add_device_to_group: IOMMU: groupID=2 device=0000:00:03.0",
                probe("map", 0xB, 0, 0x1000, 3), map(0, 0, 4096),
                "attach_device_to_domain: IOMMU: device=0000:00:03.0",
                "attach_device_to_domain: IOMMU: device=0000:00:02.1",
                "attach_device_to_domain: IOMMU: device=0000:00:02.0",
                "attach_device_to_domain: IOMMU: device=0000:00:01.0",
                "tracing_mark_write: phase seq",
                probe("map", 0xA, 0x1000, 0x1000, 3), map(0x1000, 0, 4096), dma("0000:00:02.0", 0x1000),
                probe("map", 0xB, 0x1000, 0x1000, 3), map(0x1000, 0, 4096), dma("0000:00:03.0", 0x1000));
        assertEquals(List.of(new TraceDomain(0, "0000:00:03.0", 0xB, "0000:00:03.0", 2, 0),
                new TraceDomain(1, "0000:00:02.0", 0xA, "0000:00:02.0", 1, 2)), plan.domains());
        assertEquals(6, plan.line(plan.domains().get(0).start()));
        assertEquals(8, plan.line(plan.domains().get(1).start()));
        assertEquals(TracePlan.Kind.START, plan.kind(2));
        assertEquals(List.of(new TracePhase("seq", 3, 1_000_000_000L)), plan.phases());
        assertEquals(3, plan.events(0));
        assertArrayEquals(new int[] {0, 1, 4}, new int[] {plan.event(0, 0), plan.event(0, 1), plan.event(0, 2)});
        assertEquals(List.of(new TraceGroup(0, List.of("0000:00:01.0")),
                new TraceGroup(1, List.of("0000:00:02.0", "0000:00:02.1")),
                new TraceGroup(2, List.of("0000:00:03.0"))), plan.machine().groups());
    }

    @Test
    void anUnmapMayCoverManyMaps() throws TraceException {
        TracePlan plan = plan(map(0x1000, 0, 4096), map(0x2000, 0x8000, 8192), map(0x4000, 0, 4096),
                unmap(0x1000, 3 * 4096));
        assertEquals(5, plan.events());
        assertEquals(0x3000, plan.length(4));
        assertEquals(1, plan.live().pages());
        assertEquals(4, plan.live().peakPages());
        assertEquals(1, plan.live().mappings());
    }

    @Test
    void anUnmapThatSplitsAMapRefusesTheTrace() {
        for (long[] range : new long[][] {{0x1000, 4096}, {0x2000, 4096}, {0, 8192}, {0x2000, 8192}}) {
            TraceException refused = assertThrows(TraceException.class, () -> plan(probe("map", 0xA, 0x1000, 0x2000, 3),
                    map(0x1000, 0, 8192), probe("unmap", 0xA, range[0], range[1], 0), unmap(range[0], range[1])));
            assertEquals(Fault.SPLITTING_UNMAP, refused.fault());
            assertEquals(4, refused.line());
            assertTrue(refused.getMessage().contains("the map of line 2"), refused.getMessage());
        }
    }

    @Test
    void overlappingMapsOfOneDomainRefuseTheTrace() {
        TraceException refused = assertThrows(TraceException.class, () -> plan(probe("map", 0xA, 0x1000, 0x2000, 3),
                map(0x1000, 0, 8192), probe("map", 0xA, 0x2000, 0x1000, 3), map(0x2000, 0, 4096)));
        assertEquals(Fault.OVERLAPPING_MAP, refused.fault());
        assertEquals(4, refused.line());
        assertTrue(refused.getMessage().contains("domain:0xa"), refused.getMessage());
    }

    @Test
    void unmapsOfWhatWasMappedBeforeTheTraceAreCountedAndLeaveWholeRuns() throws TraceException {
        TracePlan plan = plan(probe("unmap", 0xA, 0x9000, 0x1000, 0), unmap(0x9000, 4096),
                probe("map", 0xA, 0x1000, 0x1000, 3), map(0x1000, 0, 4096),
                probe("map", 0xA, 0x3000, 0x1000, 3), map(0x3000, 0, 4096),
                probe("unmap", 0xA, 0x1000, 0x4000, 0), unmap(0x1000, 4 * 4096));
        assertEquals(1, plan.counts().unmapsOfNothing());
        assertEquals(2, plan.counts().unmaps());
        assertEquals(5, plan.events());
        assertEquals(0x1000, plan.iova(3));
        assertEquals(0x3000, plan.iova(4));
        assertEquals(0, plan.live().bytes());
        assertTrue(plan.live().pagesByDevice().isEmpty());
    }

    @Test
    void aTraceWithoutAMapIsNotUsable() {
        TraceException refused = assertThrows(TraceException.class,
                () -> plan("sched_switch: a ==> b", "attach_device_to_domain: IOMMU: device=0000:00:01.0"));
        assertEquals(Fault.NO_USABLE_LINE, refused.fault());
        assertTrue(refused.getMessage().contains("2 lines"), refused.getMessage());
    }

    @Test
    void memoryAndDeviceRegistersAreToldApart() throws TraceException {
        TracePlan plan = plan(map(0xfffff000L, 0x2000, 4096), map(0x1000, 0x1000, 8192), map(0x5000, 0x9000, 4096),
                probe("map", 0xA, 0x7000, 0x1000, 0x1a), map(0x7000, 0xfee00000L, 4096));
        TraceAddresses addresses = plan.addresses();
        assertEquals(0xffffffffL, addresses.highestIova());
        assertEquals(0x9fffL, addresses.highestMemory());
        assertArrayEquals(new long[] {0x1000, 0x2fff, 0x9000, 0x9fff}, addresses.memory());
        assertEquals(3, addresses.memoryPages());
        assertArrayEquals(new long[] {0xfee00000L, 0xfee00fffL}, addresses.mmio());
        assertEquals(1, addresses.mmioMaps());
    }

    @Test
    void devicesThatNoGroupLineNamesGetAGroupOfTheirOwn() throws TraceException {
        TraceMachine machine = plan("add_device_to_group: IOMMU: groupID=7 device=0001:03:1f.5",
                map(0x1000, 0, 4096), dma("soc:disk", 0x1000)).machine();
        TraceDevice function = machine.device("0001:03:1f.5");
        assertEquals(new TraceDevice("0001:03:1f.5", 1, 0x03fd, 7, true), function);
        assertEquals(3, function.bus());
        assertEquals(0x1f, function.slot());
        assertEquals(5, function.function());
        assertEquals(new TraceDevice("soc:disk", -1, -1, 8, false), machine.device("soc:disk"));
        assertFalse(machine.device("soc:disk").pci());
        assertEquals(Map.of(0x103, List.of(function)), machine.buses());
    }

    @Test
    void countsAreThoseOfTheText() throws TraceException {
        TraceCounts counts = plan("qi_submit: iotlb_inv dmar0: 0x0 0x0 0x0 0x0",
                "qi_submit: iotlb_inv dmar0: 0x0 0x0 0x0 0x0", "qi_submit: cc_inv dmar0: 0x0 0x0 0x0 0x0",
                "cache_tag_assign: dmar0/dmar0 type iotlb did 2 pasid 0 ref 1", map(0x1000, 0, 4096)).counts();
        assertEquals(5, counts.lines());
        assertEquals(2, counts.iotlbInvalidations());
        assertEquals(Map.of("iotlb_inv", 2, "cc_inv", 1), counts.invalidations());
        assertEquals(Map.of("cache_tag_assign", 1), counts.skipped());
        assertEquals(1, counts.skippedLines());
    }
}
