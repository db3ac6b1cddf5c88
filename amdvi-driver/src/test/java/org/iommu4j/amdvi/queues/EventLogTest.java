package org.iommu4j.amdvi.queues;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.iommu4j.amdvi.fake.FakeRegisters;
import org.iommu4j.amdvi.fake.FakeUnit;
import org.iommu4j.amdvi.registers.UnitRegisters;
import org.iommu4j.driver.fake.FakeBoard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final FakeBoard board = FakeUnit.board();
    private final FakeUnit unit = new FakeUnit(board, "ivhd0", FakeUnit.EFR, false);
    private final UnitRegisters registers = new UnitRegisters("ivhd0", unit.registers, 50_000_000);
    private final EventRing ring = EventRing.allocate(board.memory, board.frames);
    private final EventLog log = new EventLog(registers, ring, unit, pa -> unit.faults.add("command " + pa));

    @BeforeEach
    void start() {
        registers.events(ring.register());
        registers.turnOn();
    }

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void events_are_reported_by_the_names_of_section_2_5() {
        unit.registers.event(0x2020_0002_0000_0110L, 0x1234_5000L); // IO_PAGE_FAULT, RW, domain 2
        unit.registers.event(0x2001_1234_0005_0110L, 0x1000L); // GN: PASID 51234h
        unit.registers.event(0x1000_0000_0000_4010L, 0x2000L);
        unit.registers.event(0x5000_0000_0000_0000L, 0x777L);
        log.drain();
        assertEquals(List.of("110 pasid -1 iova 12345000 access 2: 2 IO_PAGE_FAULT",
                "110 pasid 332340 iova 1000 access 1: 2 IO_PAGE_FAULT",
                "4010 pasid -1 iova 2000 access 1: 1 ILLEGAL_DEV_TABLE_ENTRY", "command 1911"), unit.faults);
        assertEquals(0, unit.registers.get(FakeRegisters.STATUS) & 3);
        assertEquals(64, unit.registers.get(FakeRegisters.EVT_HEAD));
        assertEquals(0, board.memory.load64(ring.base()), "given back empty");
    }

    @Test
    void a_log_that_overflowed_is_drained_and_started_again() {
        for (int i = 0; i < 600; i++) {
            unit.registers.event(2L << 60 | i, i);
        }
        assertEquals(1, unit.registers.get(FakeRegisters.STATUS) & 0b1001, "EventOverflow, stopped");
        log.drain();
        assertEquals(512, unit.faults.size(), "511 entries fit, and the word of it");
        assertEquals("overflow", unit.faults.get(511));
        assertEquals(0b1000, unit.registers.get(FakeRegisters.STATUS) & 0b1001, "runs");
        unit.faults.clear();
        unit.registers.event(2L << 60 | 7, 7);
        log.drain();
        assertEquals(1, unit.faults.size());
    }
}
