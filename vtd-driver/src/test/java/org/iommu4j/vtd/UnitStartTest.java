package org.iommu4j.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeRegisters;
import org.iommu4j.vtd.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnitStartTest {
    private static final long BOUND = 50_000_000;

    private final FakeBoard board = FakeUnit.board();
    private final VtdDriver driver = new VtdDriver(1, BOUND);

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void a_legacy_unit_is_started_in_the_order_of_the_specification() {
        FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_LEGACY);

        DriverUnit driven = driver.attach(unit);

        long queue = unit.registers.get(FakeRegisters.IQA);
        long root = unit.registers.get(FakeRegisters.RTADDR);
        assertEquals(0, queue & 0xfff, "QS 0, DW 0: one page of 256 descriptors of 16 bytes (11.4.9.3)");
        assertEquals(0, root & 0xfff, "TTM 0 (11.4.5)");
        assertEquals(List.of(
                "FECTL=80000000",
                "IQT=0", "IQA=" + Long.toHexString(queue), "GCMD=4000000",
                "RTADDR=" + Long.toHexString(root), "GCMD=44000000",
                "Q 11 0", "Q d2 0",
                "FEDATA=20", "FEADDR=fee00000", "FEUADDR=0", "FECTL=0",
                "GCMD=84000000"), unit.registers.takeLog());
        for (int word = 0; word < 512; word++) {
            assertEquals(0, board.memory.load64(root + word * 8L), "root entries are not present");
        }
        assertEquals(48, driven.capabilities().addressBits());
        assertEquals(0x40201000L, driven.capabilities().pageSizes());
        assertEquals(65536, driven.capabilities().domains());
        assertEquals(39, driven.capabilities().outputBits());
        assertEquals(List.of("cc_inv=1", "iotlb_inv=1", "inv_wait=2"), driven.queueCounts());
    }

    @Test
    void a_scalable_unit_gets_wide_descriptors_and_a_pasid_cache_invalidation() {
        FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_SCALABLE);

        driver.attach(unit);

        assertEquals(0x801, unit.registers.get(FakeRegisters.IQA) & 0xfff, "DW 1, QS 1 (11.4.9.3)");
        assertEquals(0x400, unit.registers.get(FakeRegisters.RTADDR) & 0xfff, "TTM 1 (11.4.5)");
        assertEquals(List.of("Q 11 0", "Q 37 0", "Q d2 0"),
                unit.registers.takeLog().stream().filter(line -> line.startsWith("Q ")).toList());
    }

    @Test
    void a_unit_that_is_on_is_made_to_block_without_turning_translation_off() {
        FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_SCALABLE);
        long old = board.frames.allocate(12);
        unit.registers.put(FakeRegisters.RTADDR, old);
        unit.registers.put(FakeRegisters.GSTS, 0xC4000000L);
        unit.registers.put(FakeRegisters.IQT, 0x40);
        unit.registers.put(FakeRegisters.IQH, 0x40);

        driver.attach(unit);

        List<String> log = unit.registers.takeLog();
        long root = unit.registers.get(FakeRegisters.RTADDR);
        assertEquals(0, root & 0xfff, "it ran in legacy mode, and the mode cannot change while it runs");
        assertTrue(root != old);
        assertEquals("GCMD=80000000", log.get(1), "the queue is turned off to be set up anew; TE stays");
        for (String line : log) {
            if (line.startsWith("GCMD=")) {
                assertTrue((Long.parseLong(line.substring(5), 16) & 0x80000000L) != 0, line + " turns TE off");
            }
        }
        assertTrue(log.indexOf("GCMD=c4000000") < log.indexOf("Q 11 0"), log.toString());
    }

    @Test
    void a_unit_that_is_on_blocks_even_if_there_is_no_memory_for_a_queue() {
        FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_LEGACY);
        long old = board.frames.allocate(12);
        unit.registers.put(FakeRegisters.RTADDR, old);
        unit.registers.put(FakeRegisters.GSTS, 0xC0000000L);
        unit.frames = board.frames(4096);

        assertEquals(Reason.NO_MEMORY, assertThrows(IommuException.class, () -> driver.attach(unit)).reason());

        long root = unit.registers.get(FakeRegisters.RTADDR);
        assertTrue(root != old);
        assertEquals("GCMD=c0000000", unit.registers.takeLog().get(3), "SRTP, TE stays");
        assertEquals(0, board.memory.load64(root));
        assertFalse(board.isFree(root));
    }

    @Test
    void each_handshake_that_hangs_is_a_timeout_that_names_its_bit_and_leaves_the_unit_off() {
        List<String> bits = new ArrayList<>();
        for (int bit : new int[] {31, 30, 26}) {
            FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_LEGACY);
            unit.registers.deadStatus = 1 << bit;
            long held = board.frames.held();

            IommuException timeout = assertThrows(IommuException.class, () -> driver.attach(unit));

            assertEquals(Reason.TIMEOUT, timeout.reason());
            bits.add(timeout.getMessage().replaceAll(".*for ", ""));
            assertEquals(0, unit.registers.get(FakeRegisters.GSTS) & 0x84000000L, "TE and QIE are off");
            assertEquals(held, board.frames.held(), "frames are given back");
        }
        assertEquals(List.of("GSTS.TES to be 1", "GSTS.RTPS to be 1", "GSTS.QIES to be 1"), bits);
    }

    @Test
    void a_queue_that_does_nothing_is_a_timeout_that_names_the_descriptor() {
        FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_LEGACY);
        unit.registers.stalled = true;

        IommuException timeout = assertThrows(IommuException.class, () -> driver.attach(unit));

        assertEquals(Reason.TIMEOUT, timeout.reason());
        assertTrue(timeout.getMessage().startsWith("dmar0: cc_inv [0x11 0x0] is not complete"), timeout.getMessage());
    }

    @Test
    void units_that_cannot_be_driven_are_refused_by_name_and_value() {
        refused(Reason.NO_DEVICE, "dmar0: no registers at 0xfed90000", -1, -1);
        refused(Reason.NOT_SUPPORTED, "dmar0 has neither second-stage tables", FakeUnit.CAP & ~0x1f00L,
                FakeUnit.ECAP_LEGACY);
        refused(Reason.NOT_SUPPORTED, "dmar0: its fault records end at offset 0x1220", FakeUnit.CAP | 0xffL << 40,
                FakeUnit.ECAP_LEGACY);
    }

    @Test
    void stop_leaves_the_unit_on_and_blocking() {
        FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_LEGACY);
        DriverUnit driven = driver.attach(unit);
        driven.attach(0x0508, driven.identity());
        unit.registers.takeLog();
        long root = unit.registers.get(FakeRegisters.RTADDR);
        long contexts = board.memory.load64(root + 5 * 16) & -4096;

        driven.stop();

        assertEquals(List.of("Q 11 0", "Q d2 0", "FECTL=80000000"), unit.registers.takeLog());
        assertEquals(0, board.memory.load64(root + 5 * 16));
        assertTrue(board.isFree(contexts));
        assertFalse(board.isFree(root), "hardware goes on reading it");
        assertEquals(0xC4000000L, unit.registers.get(FakeRegisters.GSTS));
    }

    private void refused(Reason reason, String message, long cap, long ecap) {
        FakeUnit unit = new FakeUnit(board, "dmar0", cap, ecap);
        IommuException refusal = assertThrows(IommuException.class, () -> driver.attach(unit));
        assertEquals(reason, refusal.reason());
        assertTrue(refusal.getMessage().startsWith(message), refusal.getMessage());
        assertEquals(List.of(), unit.registers.takeLog());
    }
}
