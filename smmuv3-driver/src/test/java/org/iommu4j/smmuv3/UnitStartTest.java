package org.iommu4j.smmuv3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.smmuv3.fake.FakeRegisters;
import org.iommu4j.smmuv3.fake.FakeUnit;
import org.iommu4j.smmuv3.firmware.MadeIort;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order is that of golden init-smmuv3.txt, with aborting while off before it. */
class UnitStartTest {
    private static final long BOUND = 50_000_000;

    private final FakeBoard board = FakeUnit.board();
    private final SmmuDriver driver = new SmmuDriver(2, BOUND);

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void a_unit_is_started_in_the_order_of_Linux_and_aborts_while_it_is_off() {
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0);
        driver.attach(unit);
        List<String> log = unit.registers.log.stream().map(line -> line.replaceAll("_BASE=.*", "_BASE")).toList();
        assertEquals(List.of("GBPA=80100000", "IRQ_CTRL=0", "CR0=0", "CR1=d75", "CR2=6", "STRTAB_BASE",
                "STRTAB_BASE_CFG=10210", "CMDQ_BASE", "CR0=8", "Q 4 1f", "Q 30 0", "EVENTQ_BASE", "CR0=c", "IRQ_CTRL=5",
                "CR0=d"), log);
        assertEquals(8, unit.registers.get(FakeRegisters.CMDQ_BASE) & 31);
    }

    @Test
    void messages_are_set_before_interrupts_are_turned_on() {
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0 | FakeUnit.MSI);
        driver.attach(unit);
        List<String> log = unit.registers.takeLog();
        assertEquals(List.of("EVENTQ_IRQ_CFG0=8090040", "GERROR_IRQ_CFG0=8090040", "IRQ_CTRL=5", "CR0=d"),
                log.subList(log.size() - 4, log.size()));
        assertEquals(0x20, unit.registers.get(0xb8));
        assertEquals(0x21, unit.registers.get(0x70));
        assertEquals(Set.of("evtq", "gerror"), unit.handlers.keySet());
    }

    @Test
    void a_unit_without_messages_interrupts_by_the_wires_that_firmware_names() {
        board.tables.put("IORT", MadeIort.typical());
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0);
        driver.attach(unit);
        assertEquals(Map.of("evtq", 74, "gerror", 77), unit.wires);
        unit.registers.event(0x11800000010L, 1L << 35, 0x1234567L);
        unit.handlers.get("evtq").run();
        assertEquals(List.of("118 pasid -1 iova 1234567 access 1: 10 F_TRANSLATION"), unit.faults);
        FakeUnit sender = new FakeUnit(board, "smmu0", FakeUnit.IDR0 | FakeUnit.MSI);
        driver.attach(sender);
        assertEquals(Map.of(), sender.wires);
    }

    @Test
    void units_that_cannot_be_driven_are_refused() {
        refused(Reason.NO_DEVICE, "no registers", -1, -1, 0x74);
        refused(Reason.NOT_SUPPORTED, "has neither stage", FakeUnit.IDR0 & ~3, FakeUnit.IDR1, 0x74);
        refused(Reason.NOT_SUPPORTED, "64-bit format", FakeUnit.IDR0 & ~0xc, FakeUnit.IDR1, 0x74);
        refused(Reason.NOT_SUPPORTED, "big endian", FakeUnit.IDR0 | 3 << 21, FakeUnit.IDR1, 0x74);
        refused(Reason.NOT_SUPPORTED, "holds every fault", FakeUnit.IDR0 & ~(3 << 24) | 2 << 24, FakeUnit.IDR1, 0x74);
        refused(Reason.NOT_SUPPORTED, "fixes where", FakeUnit.IDR0, FakeUnit.IDR1 | 1 << 30, 0x74);
        refused(Reason.NOT_SUPPORTED, "no granule", FakeUnit.IDR0, FakeUnit.IDR1, 4);
    }

    private void refused(Reason reason, String message, int idr0, int idr1, int idr5) {
        FakeUnit unit = new FakeUnit(board, "smmu0", idr0, idr1, 0);
        unit.registers.put(0x14, idr5);
        IommuException refusal = assertThrows(IommuException.class, () -> driver.attach(unit));
        assertEquals(reason, refusal.reason());
        assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
        assertEquals(List.of(), unit.registers.takeLog());
    }

    @Test
    void a_register_file_of_one_page_is_refused() {
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0);
        unit.registers.length = 0x10000;
        assertEquals(Reason.NOT_SUPPORTED, assertThrows(IommuException.class, () -> driver.attach(unit)).reason());
    }

    @Test
    void a_handshake_that_never_comes_ends_in_its_time() {
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0);
        unit.registers.dead = true;
        unit.registers.put(FakeRegisters.CR0ACK, 1);
        long held = board.frames.held();
        IommuException refusal = assertThrows(IommuException.class, () -> driver.attach(unit));
        assertEquals(Reason.TIMEOUT, refusal.reason());
        assertEquals("smmu0: waited 50 ms for CR0ACK to be 0x0", refusal.getMessage());
        assertEquals(held, board.frames.held());
    }

    @Test
    void a_start_that_fails_leaves_the_unit_off_and_gives_the_frames_back() {
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0);
        long held = board.frames.held();
        unit.registers.illegal = 0x30;
        assertEquals(Reason.IO, assertThrows(IommuException.class, () -> driver.attach(unit)).reason());
        assertEquals(0, unit.registers.get(FakeRegisters.CR0));
        assertEquals(1 << 20, unit.registers.get(FakeRegisters.GBPA));
        assertEquals(held, board.frames.held());
    }

    @Test
    void streams_that_firmware_uses_pass_from_the_start() {
        board.tables.put("IORT", MadeIort.typical());
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0);
        DriverUnit driven = driver.attach(unit);
        assertEquals(List.of(9L, 1L << 44), driven.walk(0x110, 0).get(1).words().subList(0, 2));
        assertEquals(1L, driven.walk(0x111, 0).get(1).words().get(0));
        driven.attach(0x110, driven.allocate(1));
        assertEquals("CD", driven.walk(0x110, 0).get(2).name());
    }

    @Test
    void events_are_reported_and_given_back() {
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0 | FakeUnit.MSI);
        driver.attach(unit);
        // F_TRANSLATION, read; F_PERMISSION, write, SubstreamID 7; C_BAD_STREAMID
        unit.registers.event(0x11800000010L, 1L << 35, 0x1234567L);
        unit.registers.event(0x11800007813L, 0, 0x2000L);
        unit.registers.event(0x70000000002L, 0, 0);
        unit.handlers.get("evtq").run();
        assertEquals(List.of("118 pasid -1 iova 1234567 access 1: 10 F_TRANSLATION",
                "118 pasid 7 iova 2000 access 2: 13 F_PERMISSION", "700 pasid -1 iova 0 access 0: 2 C_BAD_STREAMID"),
                unit.faults);
        assertEquals(3, unit.registers.get(FakeRegisters.EVENTQ_CONS));
        unit.faults.clear();
        unit.registers.put(FakeRegisters.EVENTQ_PROD, 3 | 1L << 31);
        unit.handlers.get("evtq").run();
        assertEquals(List.of("overflow"), unit.faults);
        assertEquals(3 | 1L << 31, unit.registers.get(FakeRegisters.EVENTQ_CONS), "acknowledged");
    }

    @Test
    void the_queue_of_events_wraps() {
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0 | FakeUnit.MSI);
        driver.attach(unit);
        for (int i = 0; i < 1100; i++) {
            unit.registers.event((long) i << 32 | 0x10, 0, 0);
            unit.handlers.get("evtq").run();
        }
        assertEquals(1100, unit.faults.size());
        assertTrue(unit.faults.get(1099).startsWith("44b pasid"), unit.faults.get(1099));
    }

    @Test
    void a_unit_in_service_failure_mode_is_told_by_its_interrupt() {
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0 | FakeUnit.MSI);
        driver.attach(unit);
        unit.registers.put(FakeRegisters.GERROR, 1 << 8 | 1 << 2);
        IommuException told = assertThrows(IommuException.class, () -> unit.handlers.get("gerror").run());
        assertEquals(Reason.IO, told.reason());
        assertEquals(List.of("overflow"), unit.faults, "EVENTQ_ABT: records were lost");
        assertEquals(1 << 8 | 1 << 2, unit.registers.get(FakeRegisters.GERRORN));
        unit.handlers.get("gerror").run();
    }
}
