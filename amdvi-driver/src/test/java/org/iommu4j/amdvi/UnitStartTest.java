package org.iommu4j.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.iommu4j.amdvi.fake.FakeRegisters;
import org.iommu4j.amdvi.fake.FakeUnit;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.driver.fake.FakeBoard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnitStartTest {
    private final FakeBoard board = FakeUnit.board();
    private final AmdDriver driver = new AmdDriver(1, 50_000_000, false);

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void registers_are_written_in_the_order_of_chapter_3() {
        FakeUnit unit = new FakeUnit(board, "ivhd0", FakeUnit.EFR, false);
        driver.attach(unit);
        List<String> log = unit.registers.takeLog();
        assertEquals(List.of("CONTROL=0", "CONTROL=0", "CONTROL=0", "CONTROL=0", "CONTROL=482"), log.subList(0, 5),
                "all off, then HtTunEn (IVHD flag 0), InvTimeout 4, Coherent");
        assertTrue(log.get(5).matches("DEVTAB=1[0-9a-f]+1ff"), "2 MiB: 512 pages; " + log.get(5));
        assertTrue(log.get(6).matches("CMDBUF=9[0-9a-f]{14}"), "512 commands; " + log.get(6));
        assertEquals(List.of("CMD_HEAD=0", "CMD_TAIL=0"), log.subList(7, 9));
        assertTrue(log.get(9).matches("EVTLOG=9[0-9a-f]{14}"), "512 events; " + log.get(9));
        assertEquals(List.of("EVT_HEAD=0", "EVT_TAIL=0", "CONTROL=1482", "CONTROL=1486", "CONTROL=148e",
                "CONTROL=148f", "Q 8000000000000000 0"), log.subList(10, log.size()),
                "CmdBufEn, EventLogEn, EventIntEn, IommuEn, INVALIDATE_IOMMU_ALL");
    }

    @Test
    void every_id_is_blocked_and_keeps_what_firmware_says_of_interrupts() {
        FakeUnit unit = new FakeUnit(board, "ivhd0", FakeUnit.EFR, false);
        driver.attach(unit);
        for (int id = 0; id < 1 << 16; id++) {
            assertEquals(3, board.memory.load64(unit.entry(id)), "V, TV, mode 0, no IR, no IW");
            long expected = id == 0xa0 ? 0xc700000000000000L : 0;
            assertEquals(expected, board.memory.load64(unit.entry(id) + 16), "Init, EInt, NMI, Lint0, Lint1");
            assertEquals(id == 0xa0 ? 1L << 40 : 0, board.memory.load64(unit.entry(id) + 8), "SysMgt 1, domain 0");
        }
    }

    @Test
    void the_interrupt_is_a_message_of_the_unit_s_own_function() {
        FakeUnit unit = new FakeUnit(board, "ivhd0", FakeUnit.EFR, false);
        driver.attach(unit);
        MsiMessage message = unit.interrupt("event");
        assertEquals((int) message.address(), unit.function.space[0x58 / 4]);
        assertEquals(0, unit.function.space[0x5c / 4]);
        assertEquals(message.data(), unit.function.space[0x60 / 4]);
        assertEquals(1 << 16, unit.function.space[0x54 / 4] & 1 << 16, "MSI enable");
        assertTrue(unit.handlers.containsKey("event"));
    }

    @Test
    void without_INVALIDATE_IOMMU_ALL_each_entry_and_each_domain_is_invalidated() {
        FakeUnit unit = new FakeUnit(board, "ivhd0", 2L << 10, false);
        driver.attach(unit);
        List<String> commands = unit.registers.takeLog().stream().filter(line -> line.startsWith("Q ")).toList();
        assertEquals(2 * (1 << 16), commands.size());
        assertEquals("Q 200000000000ffff 0", commands.get(0xffff));
        assertEquals("Q 3000ffff00000000 7ffffffffffff003", commands.get(0x1ffff), "all of domain ffffh, PDE, S");
    }

    @Test
    void what_cannot_work_is_refused_and_everything_given_back() {
        long held = board.frames.held();
        FakeUnit hung = new FakeUnit(board, "ivhd0", FakeUnit.EFR, false);
        hung.registers.stalled = true;
        assertEquals(Reason.TIMEOUT, refused(hung));
        assertEquals(0, hung.registers.get(FakeRegisters.CONTROL) & 1, "off again");
        assertEquals(held, board.frames.held());

        FakeUnit nothing = new FakeUnit(board, "ivhd1", 3L << 10, false);
        assertEquals(Reason.NOT_SUPPORTED, refused(nothing), "HATS 3, no guest tables");
        nothing.registers.put(FakeRegisters.CONTROL, -1);
        nothing.registers.put(FakeRegisters.STATUS, -1);
        assertEquals(Reason.NO_DEVICE, refused(nothing));
        nothing.function.space[0x40 / 4] = 0;
        assertEquals(Reason.NO_DEVICE, refused(nothing), "no capability block");
        board.functions.clear();
        assertEquals(Reason.NO_DEVICE, refused(nothing), "no function");
        assertEquals(held, board.frames.held());
    }

    @Test
    void a_unit_that_runs_without_a_record_is_turned_off_first_and_then_blocks() {
        FakeUnit unit = new FakeUnit(board, "ivhd0", FakeUnit.EFR, false);
        unit.registers.put(FakeRegisters.CONTROL, 0x148f);
        DriverUnit driven = driver.attach(unit);
        assertEquals("CONTROL=48f", unit.registers.takeLog().get(0), "CmdBufEn off");
        assertEquals(3, board.memory.load64(unit.entry(0x10)));
        assertTrue(driven.capabilities().summary().contains("3 to 6 levels"), driven.capabilities().summary());
    }

    private Reason refused(FakeUnit unit) {
        return assertThrows(IommuException.class, () -> driver.attach(unit)).reason();
    }
}
