package org.iommu4j.vtd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeRegisters;
import org.iommu4j.vtd.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Units without an invalidation queue (ECAP.QI), and units with write buffers (CAP.RWBF). */
class OldUnitsTest {
    private static final int RID = 0x0108;
    private static final long NO_QUEUE = FakeUnit.ECAP_LEGACY & ~2L;

    private final FakeBoard board = FakeUnit.board();
    private final VtdDriver driver = new VtdDriver(1, 50_000_000);
    private final Gather gather = new Gather();

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void without_a_queue_a_unit_is_started_and_told_to_forget_by_registers() {
        FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, NO_QUEUE);

        DriverUnit driven = driver.attach(unit);

        long root = unit.registers.get(FakeRegisters.RTADDR);
        assertEquals(List.of("FECTL=80000000", "RTADDR=" + Long.toHexString(root), "GCMD=40000000",
                "CCMD=a000000000000000", "IVA=0", "IOTLB=9003000000000000",
                "FEDATA=20", "FEADDR=fee00000", "FEUADDR=0", "FECTL=0", "GCMD=80000000"), unit.registers.takeLog(),
                "11.4.6: ICC, CIRG 1; IVT, IIRG 1, DR, DW");
        assertEquals(List.of("cc_inv=1", "iotlb_inv=1"), driven.queueCounts());

        DriverDomain domain = driven.allocate(7);
        driven.attach(RID, domain);
        domain.map(0xfff90000L, 0x100000, 0xc000, Protection.READ, gather);
        domain.unmap(0xfff90000L, 0xc000, gather);
        domain.sync(gather);
        assertEquals(List.of("IVA=fff90044", "IOTLB=b003000200000000"), unit.registers.takeLog(),
                "IH 1, AM 4; IIRG 3, DR, DW, DID 2");
        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(RID, driven.identity()));
        assertEquals(List.of("CCMD=e000000001080002", "IVA=0", "IOTLB=a003000200000000"), unit.registers.takeLog(),
                "CIRG 3, SID 0x108, DID 2; IIRG 2");
    }

    @Test
    void a_register_that_does_nothing_or_refuses_is_named() {
        FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, NO_QUEUE);
        DriverUnit driven = driver.attach(unit);
        driven.attach(RID, driven.identity());
        unit.registers.stalled = true;

        IommuException timeout = assertThrows(IommuException.class, () -> driven.attach(RID, driven.blocked()));

        assertEquals(Reason.TIMEOUT, timeout.reason());
        assertTrue(timeout.getMessage().endsWith("CCMD.ICC to be 0"), timeout.getMessage());
    }

    @Test
    void a_unit_without_a_queue_is_handed_over() {
        FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, NO_QUEUE);
        DriverUnit driven = driver.attach(unit);
        driven.attach(RID, driven.allocate(7));
        HandoverRecord record = driven.leave();
        assertArrayEquals(new long[4], record.tags().get("queue"));
        Map<String, long[]> tags = new TreeMap<>(record.tags());
        tags.put("queue", new long[] {board.frames.allocate(12), 0, 0, board.frames.allocate(12)});
        IommuException refusal = assertThrows(IommuException.class, () -> driver.adopt(unit,
                new HandoverRecord(record.schema(), record.version(), tags, record.optional())));
        assertTrue(refusal.getMessage().startsWith("record tag queue contradicts GSTS.QIES"), refusal.getMessage());

        DriverUnit next = driver.adopt(unit, record);

        assertEquals(AttachMethod.NONE, next.attach(RID, next.domain(7)));
        assertEquals(List.of("cc_inv=1", "iotlb_inv=1"), next.queueCounts());
    }

    @Test
    void write_buffers_are_flushed_after_a_map_and_an_attach_and_before_the_root_table_is_set() {
        FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP | 1 << 4, FakeUnit.ECAP_LEGACY);
        DriverUnit driven = driver.attach(unit);
        List<String> log = unit.registers.takeLog();
        assertEquals("GCMD=c000000", log.get(4), "QIE, WBF (11.4.4.1): " + log);
        assertTrue(log.get(5).startsWith("RTADDR="), log.toString());

        DriverDomain domain = driven.allocate(7);
        driven.attach(RID, domain);
        assertEquals(List.of("GCMD=8c000000"), unit.registers.takeLog(), "TE, WBF, QIE");
        domain.map(0x5000, 0x105000, 0x1000, Protection.READ, gather);
        assertEquals(List.of("GCMD=8c000000"), unit.registers.takeLog());
        domain.unmap(0x5000, 0x1000, gather);
        domain.sync(gather);
        assertEquals(List.of("Q 200f2 5040"), unit.registers.takeLog(), "an invalidation flushes by itself (6.8)");
    }
}
