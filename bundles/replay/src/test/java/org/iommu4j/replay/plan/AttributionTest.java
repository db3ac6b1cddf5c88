package org.iommu4j.replay.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.iommu4j.replay.trace.TraceException;
import org.iommu4j.replay.trace.TraceText;
import org.junit.jupiter.api.Test;

/** One small typed trace for each rule of attribution. */
class AttributionTest {

    private static final String DISK = "0000:00:02.0";
    private static final String NIC = "0000:00:03.0";

    private final List<String> lines = new ArrayList<>();
    private int task = 9;
    private int cpu;
    private String flags = ".....";

    private AttributionTest in(int inTask, int onCpu, String withFlags) {
        task = inTask;
        cpu = onCpu;
        flags = withFlags;
        return this;
    }

    private AttributionTest say(String format, Object... values) {
        lines.add(TraceText.line(task, cpu, flags, String.format(format, values)));
        return this;
    }

    private AttributionTest group(int number, String device) {
        return say("add_device_to_group: IOMMU: groupID=%d device=%s", number, device);
    }

    private AttributionTest attach(String device) {
        return say("attach_device_to_domain: IOMMU: device=%s", device);
    }

    private AttributionTest probeMap(int domain, long iova, int protection) {
        return say("iommu_map: (f+0x0/0x1) domain=0x%x iova=0x%x paddr=0x1 size=0x1000 prot=0x%x", domain, iova,
                protection);
    }

    private AttributionTest map(long iova) {
        return say("map: IOMMU: iova=0x%016x - 0x%016x paddr=0x%016x size=4096", iova, iova + 4096, iova + 0x100000);
    }

    private AttributionTest dmaMap(String device, String direction, long address) {
        return say("dma_map_page: %s dir=%s dma_addr=%x size=16 phys_addr=1 attrs=", device, direction, address);
    }

    private AttributionTest probeUnmap(int domain, long iova) {
        return say("iommu_unmap: (f+0x0/0x1) domain=0x%x iova=0x%x size=0x1000", domain, iova);
    }

    private AttributionTest unmap(long iova) {
        return say("unmap: IOMMU: iova=0x%016x - 0x%016x size=4096 unmapped_size=4096", iova, iova + 4096);
    }

    private AttributionTest dmaUnmap(String device, long address) {
        return say("dma_unmap_page: %s dir=TO_DEVICE dma_addr=%x size=16 attrs=", device, address);
    }

    private AttributionTest dmaUnmapScatter(String device) {
        return say("dma_unmap_sg: %s dir=TO_DEVICE phys_addrs={0x1} attrs=", device);
    }

    private TracePlan plan() throws TraceException {
        return TracePlan.read(TraceText.of(lines.toArray(String[]::new)));
    }

    /** Both devices have IOVA 0x1000 mapped, so an unmap of it must be attributed right. */
    private AttributionTest bothMapped() {
        return probeMap(0xD, 0x1000, 3).map(0x1000).dmaMap(DISK, "TO_DEVICE", 0x1008)
                .probeMap(0xE, 0x1000, 3).map(0x1000).dmaMap(NIC, "TO_DEVICE", 0x1008);
    }

    private static Map<String, Long> left(TracePlan plan) {
        return plan.live().pagesByDevice();
    }

    @Test
    void aDomainIsNamedByTheMajorityOfItsDmaLines() throws TraceException {
        TracePlan plan = probeMap(0xD, 0x1000, 3).map(0x1000).dmaMap(NIC, "TO_DEVICE", 0x1008)
                .probeMap(0xD, 0x2000, 3).map(0x2000).dmaMap(DISK, "TO_DEVICE", 0x2008)
                .probeMap(0xD, 0x3000, 3).map(0x3000).dmaMap(DISK, "TO_DEVICE", 0x3008).plan();
        assertEquals(1, plan.domains().size());
        assertEquals(DISK, plan.domains().get(0).device());
        assertEquals(0xD, plan.domains().get(0).pointer());
        assertEquals(3, plan.counts().probed());
    }

    @Test
    void callsOfOtherTasksAndCpusBetweenDoNotMislead() throws TraceException {
        TracePlan plan = in(1, 0, ".....").probeMap(0xD, 0x1000, 1).in(2, 1, ".....").probeMap(0xE, 0x1000, 2)
                .in(1, 0, ".....").map(0x1000).in(2, 1, ".....").map(0x1000)
                .dmaMap(NIC, "TO_DEVICE", 0x1000).in(1, 0, ".....").dmaMap(DISK, "TO_DEVICE", 0x1000).plan();
        assertEquals(Map.of(DISK, 1L, NIC, 1L), left(plan));
        assertEquals(0xD, plan.domains().get(0).pointer());
        assertEquals(TraceProtection.READ, plan.protection(1));
        assertEquals(NIC, plan.domains().get(1).device());
    }

    @Test
    void theIdleTaskIsAnotherOneOnEachCpu() throws TraceException {
        TracePlan plan = in(0, 0, "d.h..").probeMap(0xD, 0x1000, 1).in(0, 1, "d.h..").probeMap(0xE, 0x1000, 1)
                .in(0, 0, "d.h..").map(0x1000).in(0, 1, "d.h..").map(0x1000).dmaMap(NIC, "TO_DEVICE", 0x1000)
                .in(0, 0, "d.h..").dmaMap(DISK, "TO_DEVICE", 0x1000).plan();
        assertEquals(List.of(0xDL, 0xEL), plan.domains().stream().map(TraceDomain::pointer).toList());
        assertEquals(DISK, plan.domains().get(0).device());
    }

    @Test
    void anUnmapWithoutKprobeTakesTheDeviceOfTheScatterListJustBefore() throws TraceException {
        TracePlan plan = bothMapped().dmaUnmapScatter(DISK).unmap(0x1000).plan();
        assertEquals(Map.of(NIC, 1L), left(plan));
    }

    @Test
    void anUnmapWithoutKprobeElseTakesTheDeviceOfTheNextPageOrAllocation() throws TraceException {
        TracePlan plan = bothMapped().unmap(0x1000).dmaUnmap(DISK, 0x1008).plan();
        assertEquals(Map.of(NIC, 1L), left(plan));
        plan = say("map: IOMMU: iova=0x5000 paddr=0x5000 size=4096").dmaMap(DISK, "NONE", 0x5000)
                .unmap(0x5000).say("dma_free: %s dir=NONE dma_addr=5000 size=4096 virt_addr=0 attrs=", DISK).plan();
        assertEquals(Map.of(NIC, 1L), left(plan));
    }

    @Test
    void aScatterListNamesOneUnmapOnly() throws TraceException {
        TracePlan plan = bothMapped().probeMap(0xD, 0x2000, 3).map(0x2000).dmaMap(DISK, "TO_DEVICE", 0x2000)
                .dmaUnmapScatter(DISK).unmap(0x2000).unmap(0x1000).dmaUnmap(NIC, 0x1000).plan();
        assertEquals(Map.of(DISK, 1L), left(plan));
    }

    @Test
    void anInterruptBetweenKprobeAndTracepointIsKeptApart() throws TraceException {
        TracePlan plan = bothMapped().probeMap(0xD, 0x7000, 3)
                .in(9, 0, "d.h..").unmap(0x1000).dmaUnmap(NIC, 0x1000)
                .in(9, 0, ".....").map(0x7000).dmaMap(DISK, "TO_DEVICE", 0x7000).plan();
        assertEquals(Map.of(DISK, 2L), left(plan));
        assertEquals(0, plan.counts().unattributed());
    }

    @Test
    void anInterruptBetweenScatterListAndUnmapIsKeptApart() throws TraceException {
        TracePlan plan = bothMapped().dmaUnmapScatter(DISK)
                .in(9, 0, "d.h..").probeMap(0xE, 0x4000, 3).map(0x4000).dmaMap(NIC, "TO_DEVICE", 0x4000)
                .in(9, 0, ".....").unmap(0x1000).plan();
        assertEquals(Map.of(NIC, 2L), left(plan));
    }

    @Test
    void devicesOfOneGroupShareADomain() throws TraceException {
        TracePlan plan = group(4, DISK).group(4, NIC).attach(DISK).attach(NIC)
                .map(0x1000).dmaMap(DISK, "TO_DEVICE", 0x1000).map(0x2000).dmaMap(NIC, "FROM_DEVICE", 0x2000)
                .unmap(0x2000).dmaUnmap(NIC, 0x2000).plan();
        assertEquals(1, plan.domains().size());
        assertEquals(4, plan.domains().get(0).group());
        assertEquals(Map.of(DISK, 1L), left(plan));
    }

    @Test
    void theResidueBelongsToItsPointerOrToOneUnnamedDevice() throws TraceException {
        TracePlan plan = probeMap(0xA, 0x1000, 3).map(0x1000).map(0x1000).map(0x1000).unmap(0x1000).plan();
        assertEquals(Map.of("domain:0xa", 1L, "unnamed", 1L), left(plan));
        assertEquals(List.of("domain:0xa", "unnamed", "unnamed-2"),
                plan.domains().stream().map(TraceDomain::name).toList());
        assertNull(plan.domains().get(1).device());
        assertEquals(3, plan.counts().unattributedMaps());
        assertEquals(1, plan.counts().unattributedUnmaps());
    }

    @Test
    void withoutKprobesDevicesWithTheSameIovaAreKeptApart() throws TraceException {
        TracePlan plan = map(0x1000).dmaMap(DISK, "TO_DEVICE", 0x1000).map(0x1000).dmaMap(NIC, "FROM_DEVICE", 0x1000)
                .unmap(0x1000).dmaUnmap(DISK, 0x1000).plan();
        assertEquals(Map.of(NIC, 1L), left(plan));
        assertEquals(0, plan.counts().unattributed());
    }

    @Test
    void withoutKprobesTheDirectionGivesTheProtection() throws TraceException {
        TracePlan plan = map(0x1000).dmaMap(DISK, "TO_DEVICE", 0x1000).map(0x2000).dmaMap(DISK, "FROM_DEVICE", 0x2000)
                .map(0x3000).dmaMap(DISK, "BIDIRECTIONAL", 0x3000).map(0x9000).plan();
        assertEquals(TraceProtection.READ, plan.protection(1));
        assertEquals(TraceProtection.WRITE, plan.protection(2));
        assertEquals(TraceProtection.READ | TraceProtection.WRITE, plan.protection(3));
        assertEquals(TraceProtection.READ | TraceProtection.WRITE, plan.protection(5));
    }

    @Test
    void anUnmapThatNothingNamesIsSoughtWhereItsRangeIsMapped() throws TraceException {
        TracePlan plan = map(0x1000).dmaMap(DISK, "TO_DEVICE", 0x1000).map(0x2000).dmaMap(NIC, "TO_DEVICE", 0x2000)
                .unmap(0x2000).plan();
        assertEquals(Map.of(DISK, 1L), left(plan));
    }

    @Test
    void theIommusOwnMemoryIsNoMapping() throws TraceException {
        TracePlan plan = say("dma_alloc: 9050000.smmuv3 dir=BIDIRECTIONAL dma_addr=1000 size=4096 virt_addr=0 attrs=")
                .map(0x1000).dmaMap(DISK, "TO_DEVICE", 0x1000).plan();
        assertEquals(List.of(DISK), plan.machine().devices().stream().map(TraceDevice::name).toList());
    }

    @Test
    void theIommusTablePagesInTheMiddleOfACallDoNotEndIt() throws TraceException {
        String iommu = "9050000.smmuv3";
        TracePlan plan = map(0x10000).dmaMap(iommu, "TO_DEVICE", 0x46d78000).map(0x11000)
                .say("dma_map_sg: %s dir=TO_DEVICE dma_addrs={0x10000} sizes={0x2000} phys_addrs={0x1} attrs=", DISK)
                .map(0x10000).dmaMap(NIC, "TO_DEVICE", 0x10000)
                .dmaUnmapScatter(NIC).dmaUnmap(iommu, 0x46d78000).unmap(0x10000).plan();
        assertEquals(Map.of(DISK, 2L), left(plan));
        assertEquals(0, plan.counts().unattributed());
    }

    @Test
    void anOldMapThatNothingNamedIsNotNamedByALaterCall() throws TraceException {
        TracePlan plan = map(0x1000).map(0x5000).dmaMap(NIC, "TO_DEVICE", 0x5000)
                .map(0x6000).dmaMap(DISK, "TO_DEVICE", 0x6000).dmaMap(DISK, "TO_DEVICE", 0x1000).plan();
        assertEquals(Map.of("unnamed", 1L, NIC, 1L, DISK, 1L), left(plan));
    }

    @Test
    void aScatterListNamesAllItsMapsAlsoWhenTheLineIsTruncated() throws TraceException {
        TracePlan plan = map(0x10000).map(0x11000).map(0x12000).say("dma_map_sg: %s dir=TO_DEVICE nents=1/3 "
                + "ents=1/1 [TRUNCATED] dma_addrs={0x10000} sizes={0x1000} phys_addrs={0x1} attrs=", DISK).plan();
        assertEquals(Map.of(DISK, 3L), left(plan));
    }
}
