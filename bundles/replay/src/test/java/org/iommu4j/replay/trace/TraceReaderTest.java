package org.iommu4j.replay.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.iommu4j.replay.trace.TraceException.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceReaderTest {

    private final RecordedEvents recorded = new RecordedEvents();

    private TraceReader read(String... lines) throws TraceException {
        TraceReader reader = new TraceReader(TraceText.of(lines), recorded);
        reader.read();
        return reader;
    }

    private void expect(String expected, String line) throws TraceException {
        recorded.events.clear();
        read(line);
        assertEquals(expected.lines().toList(), recorded.events, line);
    }

    private static String typed(String event) {
        return TraceText.line(9, 1, ".....", event);
    }

    @Test
    void bothFormsOfMapAndUnmapAreRead() throws TraceException {
        expect("9@1 TASK 1000000000 map fff75000 105344000 4000",
                typed("map: IOMMU: iova=0x00000000fff75000 - 0x00000000fff79000 paddr=0x0000000105344000 size=16384"));
        expect("9@1 TASK 1000000000 map fff75000 105344000 4000",
                typed("map: IOMMU: iova=0x00000000fff75000 paddr=0x0000000105344000 size=16384"));
        expect("9@1 TASK 1000000000 unmap fff60000 20000", typed("unmap: IOMMU: iova=0x00000000fff60000 "
                + "- 0x00000000fff80000 size=131072 unmapped_size=131072"));
        expect("9@1 TASK 1000000000 unmap fff60000 1000",
                typed("unmap: IOMMU: iova=0x00000000fff60000 size=131072 unmapped_size=4096"));
    }

    @Test
    void kprobeLinesAreReadWithAndWithoutProtection() throws TraceException {
        expect("9@1 TASK 1000000000 probeMap ffff8f1146c884a0 ffdeb000 1000 6", typed("iommu_map: (__iommu_map+0x0"
                + "/0x280) domain=0xffff8f1146c884a0 iova=0xffdeb000 paddr=0x109e54000 size=0x1000 prot=0x6"));
        expect("9@1 TASK 1000000000 probeMap 1 1000 1000 -1",
                typed("iommu_map: (f+0x0/0x2) domain=0x1 iova=4096 paddr=0 size=4096"));
        expect("9@1 TASK 1000000000 probeUnmap 1 1000 2000",
                typed("iommu_unmap: (f+0x0/0x2) domain=0x1 iova=0x1000 size=0x2000"));
    }

    @Test
    void dmaLinesOfAllAgesAreRead() throws TraceException {
        expect("9@1 TASK 1000000000 dmaMap 0000:00:05.0 TO_DEVICE ffffb0f0+10",
                typed("dma_map_page: 0000:00:05.0 dir=TO_DEVICE dma_addr=ffffb0f0 size=16 phys_addr=1046900f0 attrs="));
        expect("9@1 TASK 1000000000 dmaMap 0000:00:05.0 BIDIRECTIONAL 1000+10",
                typed("dma_alloc: 0000:00:05.0 dir=BIDIRECTIONAL dma_addr=1000 size=16 virt_addr=0 flags=G attrs="));
        expect("9@1 TASK 1000000000 dmaMap 0000:00:02.0 FROM_DEVICE fff60000+20000 ffe00000+200 truncated",
                typed("dma_map_sg: 0000:00:02.0 dir=FROM_DEVICE nents=2/200 ents=2/9 [TRUNCATED] "
                        + "dma_addrs={0xfff60000,0xffe00000} sizes={0x20000,0x200} phys_addrs={0x1,0x2} attrs="));
        expect("9@1 TASK 1000000000 dmaMap 0000:00:02.0 NONE fff60000+20000",
                typed("dma_map_sg: 0000:00:02.0 dir=NONE dma_addrs={fff60000} sizes={20000} phys_addrs={1} attrs="));
        expect("9@1 TASK 1000000000 dmaUnmap 0000:00:05.0 ffea0000+20000",
                typed("dma_unmap_phys: 0000:00:05.0 dir=FROM_DEVICE dma_addr=ffea0000 size=131072 attrs="));
        expect("9@1 TASK 1000000000 dmaUnmapScatter 0000:00:02.0",
                typed("dma_unmap_sg: 0000:00:02.0 dir=FROM_DEVICE phys_addrs={0x10526f000} attrs="));
    }

    @Test
    void topologyInvalidationsAndPhasesAreRead() throws TraceException {
        expect("9@1 TASK 1000000000 attach 0000:00:1f.2", typed("attach_device_to_domain: IOMMU: device=0000:00:1f.2"));
        expect("9@1 TASK 1000000000 addToGroup 12 0000:04:01.0",
                typed("add_device_to_group: IOMMU: groupID=12 device=0000:04:01.0"));
        expect("9@1 TASK 1000000000 invalidation iotlb_inv",
                typed("qi_submit: iotlb_inv dmar1: 0x100e2 0x0 0x0 0x0"));
        expect("9@1 TASK 1000000000 invalidation INVALIDATE_IOMMU_PAGES",
                typed("amd_cmd: (f+0x0/0xe0) d0=0x0 d1=0x3000000b d2=0xffe64003 d3=0x0"));
        expect("9@1 TASK 1000000000 invalidation CFGI_CD\n9@1 TASK 1000000000 invalidation TLBI_NH_VA\n"
                + "9@1 TASK 1000000000 invalidation not shown\n9@1 TASK 1000000000 invalidation SYNC",
                typed("smmu_cmd: (f+0x0/0x728) n=3 sync=1 c0=0x40800000005 c1=0x1 c2=0x5000000000012 c3=0xfffb4701"));
        expect("9@1 TASK 1000000000 invalidation opcode 0xfe",
                typed("smmu_cmd: (f+0x0/0x728) n=1 sync=0 c0=0x408000000fe c1=0x1 c2=0x0 c3=0x0"));
        expect("9@1 TASK 1000000000 phase rand read", typed("tracing_mark_write: phase rand read"));
    }

    @Test
    void taskCpuContextAndTimeComeFromThePrefix() throws TraceException {
        String event = "attach_device_to_domain: IOMMU: device=d";
        expect("0@3 HARD 8000000 attach d", "          <idle>-0       [003] d.h..     0.008000: " + event);
        expect("0@1 HARD 8000000 attach d", "          <idle>-0       [001] d.H..     0.008000: " + event);
        expect("30@1 SOFT 2880709001 attach d", "   kworker/u10:1-30      [001] dNs..     2.880709001: " + event);
        expect("48@2 TASK 978554289000 attach d", " irq/24-AMD-Vi-48 [002] .... 978.554289: " + event);
        expect("7@0 TASK 5 attach d", "  a [b] c-7 (    12) [000] d..1. 0.000000005: " + event);
        expect("7@12 TASK 1500000000 attach d", "my task     7 [012]     1.500000: iommu:" + event);
        expect("8@0 TASK 1500000000 attach d", "task 7/8 [000] 1.5: iommu:" + event + "\r");
    }

    @Test
    void whatIsNoEventOrNotUsedIsCountedByName() throws TraceException {
        TraceReader reader = read("# tracer: nop", "", "CPU:0 [LOST 12 EVENTS]", typed("sched_switch: a ==> b"),
                typed("sched_switch: b ==> a"), typed("tracing_mark_write: hello"), typed("dma_map_page: dev dir=NONE"),
                typed("unmap: IOMMU: iova=0x1000 size=4096 unmapped_size=0"), "  x-1 [000] ..... 1.0: fn <-caller");
        assertEquals(Map.of("(no event)", 4, "sched_switch", 2, "tracing_mark_write", 1,
                "dma_map_page (unreadable)", 1, "unmap", 1), reader.skipped());
        assertEquals(9, reader.lines());
        assertEquals(List.of(), recorded.events);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "map: IOMMU: iova=0x1000 - 0x2000 paddr=0x1000",
        "map: IOMMU: iova=0x1000 - 0x2000 paddr=0x10",
        "map: IOMMU: iova=0x1000 paddr=0x1000 size=0",
        "map: IOMMU: iova=0x1000 paddr=0x1000 size=17",
        "map: IOMMU: iova=0xfffffffffffff000 paddr=0x1000 size=8192",
        "map: IOMMU: iova=0x10000000000000000 paddr=0x1000 size=4096",
        "map: IOMMU: iova=0x1000 paddr=0xfffffffffffff000 size=8192",
        "map: IOMMU: iova=0x1000 paddr=0x0 size=9223372036854775808",
        "unmap: IOMMU: iova=0x",
        "unmap: IOMMU: iova=0x1234 size=4096 unmapped_size=4096",
        "attach_device_to_domain: IOMMU:",
        "add_device_to_group: IOMMU: groupID=99999999999 device=d",
        "add_device_to_group: IOMMU: groupID=1",
    })
    void aDamagedLineThatMattersRefusesTheTraceAndIsNumbered(String event) {
        TraceException refused = assertThrows(TraceException.class, () -> read("# comment", typed(event)));
        assertEquals(Fault.MALFORMED_LINE, refused.fault());
        assertEquals(2, refused.line());
        assertTrue(refused.getMessage().startsWith("trace typed, line 2: "), refused.getMessage());
    }

    @Test
    void theTopOfTheAddressSpaceIsNoError() throws TraceException {
        expect("9@1 TASK 1000000000 map fffffffffffff000 fffffffffffff000 1000",
                typed("map: IOMMU: iova=0xfffffffffffff000 paddr=0xfffffffffffff000 size=4096"));
    }

    @Test
    void linesLongerThanTheBufferAreReadWhole() throws TraceException {
        String list = "0x1000,".repeat(100_000);
        expect("9@1 TASK 1000000000 dmaUnmapScatter d", typed("dma_unmap_sg: d phys_addrs={" + list + "} attrs="));
    }

    @Test
    void endlessBytesWithoutALineFeedAreNoTrace() {
        byte[] zeros = new byte[5 << 20];
        TraceSource source = TraceSource.of("zeros", () -> new java.io.ByteArrayInputStream(zeros));
        TraceReader reader = new TraceReader(source, recorded);
        assertEquals(Fault.NO_USABLE_LINE, assertThrows(TraceException.class, reader::read).fault());
    }
}
