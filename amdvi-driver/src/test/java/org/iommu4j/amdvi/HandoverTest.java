package org.iommu4j.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.iommu4j.amdvi.fake.FakeRegisters;
import org.iommu4j.amdvi.fake.FakeUnit;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.driver.fake.FakeBoard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HandoverTest {
    private static final int RID = 0x10;
    private static final int RW = Protection.READ | Protection.WRITE;

    private final FakeBoard board = FakeUnit.board();
    private final FakeUnit unit = new FakeUnit(board, "ivhd0", FakeUnit.EFR_ALL, false);
    private final Gather gather = new Gather();
    private HandoverRecord record;

    @AfterEach
    void close() {
        board.close();
    }

    private static AmdDriver driver(boolean guest) {
        return new AmdDriver(1, 50_000_000, guest);
    }

    /** Domain 7 has grown to 4 levels, 8 tracks writes, 9 has nobody; one requester passes. */
    @BeforeEach
    void leave() {
        DriverUnit driven = driver(false).attach(unit);
        DriverDomain grown = driven.allocate(7);
        grown.map(0x1000, 0x1_0000_1000L, 0x1000, RW, gather);
        grown.map(1L << 40, 0x1_0000_2000L, 0x1000, RW, gather);
        driven.attach(RID, grown);
        driven.attach(RID + 1, grown);
        DriverDomain tracking = driven.allocate(8, Set.of(DomainFlag.DIRTY_TRACKING));
        driven.attach(RID + 2, tracking);
        driven.dirtyTracking(tracking, true);
        driven.allocate(9).map(0x5000, 0x1_0000_5000L, 0x1000, RW, gather);
        driven.attach(RID + 3, driven.identity());
        record = driven.leave();
        unit.registers.takeLog();
    }

    @Test
    void a_successor_goes_on_without_a_command_or_a_change_of_an_entry() {
        int stores = board.stores128;
        DriverUnit driven = driver(true).adopt(unit, record);
        assertEquals(List.of(), unit.registers.takeLog());
        assertEquals(stores, board.stores128);

        DriverDomain grown = driven.domain(7);
        assertEquals(0x1_0000_1000L, grown.translate(0x1000));
        assertEquals(0x1_0000_2000L, grown.translate(1L << 40));
        assertEquals(0x1_0000_5000L, driven.domain(9).translate(0x5000));
        assertEquals(AttachMethod.NONE, driven.attach(RID, grown));
        assertEquals(AttachMethod.NONE, driven.attach(RID + 2, driven.domain(8)));
        assertEquals(AttachMethod.NONE, driven.attach(RID + 3, driven.identity()));
        grown.map(1L << 57, 0x1_0000_3000L, 0x1000, RW, gather);
        assertEquals(6, board.memory.load64(unit.entry(RID + 1)) >>> 9 & 7, "grows on");
        driven.attach(RID + 4, driven.allocate(10));
        assertEquals(4, board.memory.load64(unit.entry(RID + 4) + 8) & 0xffff, "ids 2 and 3 are taken");
        assertTrue(driven.capabilities().summary().contains("taken over 1 times"));
    }

    @Test
    void guest_tables_are_handed_over_too() {
        FakeUnit other = new FakeUnit(board, "ivhd1", FakeUnit.EFR_ALL, false);
        DriverUnit driven = driver(true).attach(other);
        DriverDomain domain = driven.allocate(1);
        domain.map(0x1000, 0x1_0000_1000L, 0x1000, RW, gather);
        driven.attach(0x4010, domain);
        driven = driver(false).adopt(other, driven.leave());
        assertEquals(0x1_0000_1000L, driven.domain(1).translate(0x1000));
        assertEquals(AttachMethod.NONE, driven.attach(0x4010, driven.domain(1)));
        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(0x4010, driven.allocate(2)), "a host table now");
    }

    @Test
    void what_was_logged_while_nobody_was_in_charge_is_reported() {
        unit.registers.event(2L << 60 | 1L << 53 | 0x10, 0x9000);
        driver(false).adopt(unit, record);
        assertEquals(List.of("10 pasid -1 iova 9000 access 2: 2 IO_PAGE_FAULT"), unit.faults);
    }

    @Test
    void a_record_that_is_not_whole_or_contradicts_the_unit_is_refused_and_nothing_changes() {
        refused("commands", words -> words[0] += 0x2000);
        refused("commands", words -> words[1]++);
        refused("commands", words -> words[2] = 0x123);
        refused("events", words -> words[0] += 0x2000);
        refused("device.table", words -> words[0] += 0x200000);
        refused("interrupt", words -> words[1]++);
        refused("domain.ids", words -> words[0] = 1);
        refused("domain.ids", words -> words[0] = 1 << 16);
        for (int word : new int[] {1, 2, 3, 4, 5, 7, 8}) { // not its number and the host's width: nothing tells better
            refused("domains", words -> words[word] += word == 1 ? 0x1000 : word == 8 ? 8 : 3);
        }
        for (String tag : List.of("commands", "events", "device.table", "interrupt", "domain.ids", "domains")) {
            Map<String, long[]> tags = new HashMap<>(record.tags());
            tags.remove(tag);
            refused(tag, new HandoverRecord("amdvi", 1, tags, record.optional()));
            tags.put(tag, new long[7]);
            refused(tag, new HandoverRecord("amdvi", 1, tags, record.optional()));
        }
        refused("schema", new HandoverRecord("vtd", 1, record.tags(), record.optional()));
        Map<String, long[]> more = new HashMap<>(record.tags());
        more.put("new", new long[0]);
        refused("new", new HandoverRecord("amdvi", 2, more, record.optional()));
        driver(false).adopt(unit, new HandoverRecord("amdvi", 2, more, Set.of("new", "queue.counts", "handovers")));
    }

    @Test
    void registers_and_memory_that_the_record_does_not_know_of_make_it_refused() {
        long entry = board.memory.load64(unit.entry(RID));
        board.memory.store64(unit.entry(RID), entry + 0x1000);
        refused("domains", record);
        board.memory.store64(unit.entry(RID), entry);
        board.memory.store64(unit.entry(0x999) + 8, 77);
        board.memory.store64(unit.entry(0x999), 0x6000000000000003L);
        refused("domains", record);
        board.memory.store64(unit.entry(0x999), 3);
        board.memory.store64(unit.entry(0x999) + 8, 0);
        for (int register : new int[] {FakeRegisters.CONTROL, FakeRegisters.STATUS, FakeRegisters.CMD_HEAD,
            FakeRegisters.DEVTAB, FakeRegisters.EVTLOG}) {
            long value = unit.registers.get(register);
            unit.registers.put(register, register == FakeRegisters.STATUS ? 0 : value ^ 0x1000 ^ 0x10);
            refused("", record);
            unit.registers.put(register, value);
        }
        driver(false).adopt(unit, record);
    }

    private void refused(String tag, Consumer<long[]> change) {
        Map<String, long[]> tags = new HashMap<>();
        record.tags().forEach((name, words) -> tags.put(name, words.clone()));
        change.accept(tags.get(tag));
        refused(tag, new HandoverRecord("amdvi", 1, tags, record.optional()));
    }

    private void refused(String tag, HandoverRecord bad) {
        int stores = board.stores128;
        IommuException refused = assertThrows(IommuException.class, () -> driver(false).adopt(unit, bad), tag);
        assertEquals(Reason.BAD_INPUT, refused.reason());
        assertTrue(refused.getMessage().contains(tag), refused.getMessage());
        assertEquals(stores, board.stores128);
        assertEquals(List.of(), unit.registers.takeLog());
    }
}
