package org.iommu4j.smmuv3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.smmuv3.fake.FakeRegisters;
import org.iommu4j.smmuv3.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HandoverTest {
    private static final long BOUND = 50_000_000;

    private final FakeBoard board = FakeUnit.board();
    private final FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0 | FakeUnit.MSI);
    private final FakeUnit second = new FakeUnit(board, "smmu1", FakeUnit.IDR0);
    private final SmmuDriver old = new SmmuDriver(1, BOUND);
    private final SmmuDriver next = new SmmuDriver(2, BOUND);
    private final Gather gather = new Gather();
    private DriverUnit driven;
    private DriverUnit drivenSecond;

    /** Domain 1 on both units, domain 2 allocated and unattached, one requester in identity. */
    @BeforeEach
    void attach() {
        driven = old.attach(unit);
        drivenSecond = old.attach(second);
        DriverDomain domain = driven.allocate(1);
        domain.map(0x5000, 0x105000, 0x2000, Protection.READ | Protection.WRITE, gather);
        driven.attach(0x10, domain);
        driven.attach(0x11, domain);
        drivenSecond.attach(0x99, domain);
        driven.allocate(2).map(0x7000, 0x107000, 0x1000, Protection.READ, gather);
        driven.attach(0x20, driven.identity());
    }

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void a_successor_goes_on_with_domains_ids_queue_and_tables_on_both_units() {
        HandoverRecord record = driven.leave();
        HandoverRecord recordSecond = drivenSecond.leave();
        unit.registers.takeLog();
        second.registers.takeLog();

        DriverUnit successor = next.adopt(unit, record);
        DriverUnit successorSecond = next.adopt(second, recordSecond);

        assertEquals(List.of(), unit.registers.takeLog(), "adopting writes nothing");
        DriverDomain domain = successor.domain(1);
        assertSame(domain, successorSecond.domain(1));
        assertEquals(0x105678, domain.translate(0x5678));
        assertEquals(0x107000, successor.domain(2).translate(0x7000));
        domain.unmap(0x5000, 0x2000, new Gather());

        Gather fresh = new Gather();
        domain.map(0x9000, 0x109000, 0x1000, Protection.READ, fresh);
        domain.unmap(0x9000, 0x1000, fresh);
        domain.sync(fresh);
        assertEquals(List.of("Q 1000000000012 9701"), unit.registers.takeLog());
        assertEquals(List.of("Q 1000000000012 9701"), second.registers.takeLog());

        successor.attach(0x30, successor.domain(2));
        assertTrue(successor.walk(0x30, 0x7000).get(2).fields().contains("ASID=2"), "ASID 1 is domain 1's");
        successor.attach(0x10, successor.blocked());
        assertEquals(Reason.BUSY, assertThrows(IommuException.class, domain::free).reason());
        successor.attach(0x11, successor.blocked());
        assertEquals(Reason.BUSY, assertThrows(IommuException.class, domain::free).reason());
        successorSecond.attach(0x99, successorSecond.blocked());
        domain.free();
        assertEquals(Reason.NO_DEVICE, assertThrows(IommuException.class, () -> successor.domain(1)).reason());
    }

    @Test
    void the_leaver_can_take_its_own_record_back() {
        HandoverRecord record = driven.leave();

        DriverUnit again = old.adopt(unit, record);

        DriverDomain domain = again.domain(1);
        assertSame(domain, drivenSecond.domain(1));
        domain.unmap(0x5000, 0x2000, gather);
        unit.registers.takeLog();
        second.registers.takeLog();
        domain.sync(gather);
        assertEquals(List.of("Q 1000000100012 5701"), unit.registers.takeLog(), "one range of two pages");
        assertEquals(List.of("Q 1000000100012 5701"), second.registers.takeLog());
    }

    @Test
    void a_unit_that_was_dropped_without_a_word_is_started_anew_with_the_same_domains() {
        FakeUnit again = new FakeUnit(board, "smmu0", FakeUnit.IDR0 | FakeUnit.MSI);

        DriverUnit restarted = old.attach(again);

        assertEquals(DomainOps.NOT_MAPPED, restarted.allocate(2).translate(0x7000));
        unit.registers.takeLog();
        DriverDomain fresh = restarted.allocate(3);
        restarted.attach(0x10, fresh);
        fresh.map(0x5000, 0x105000, 0x1000, Protection.READ, gather);
        fresh.unmap(0x5000, 0x1000, gather);
        fresh.sync(gather);
        assertEquals(List.of(), unit.registers.takeLog(), "the dropped object does nothing more");
    }

    @Test
    void faults_recorded_while_nobody_was_in_charge_are_reported() {
        HandoverRecord record = driven.leave();
        unit.handlers.clear();
        unit.registers.event(0x1000000010L, 1L << 35, 0x3000);

        next.adopt(unit, record);

        assertEquals(List.of("10 pasid -1 iova 3000 access 1: 10 F_TRANSLATION"), unit.faults);
        assertEquals(Set.of("evtq", "gerror"), unit.handlers.keySet());
    }

    @Test
    void the_queue_goes_on_where_it_stood_after_many_turns() {
        DriverDomain domain = driven.domain(1);
        for (int i = 0; i < 700; i++) {
            domain.map(0x100000, 0x105000, 0x1000, Protection.READ, gather);
            domain.unmap(0x100000, 0x1000, gather);
            domain.sync(gather);
        }
        DriverUnit successor = next.adopt(unit, driven.leave());
        next.adopt(second, drivenSecond.leave());
        unit.registers.takeLog();
        DriverDomain same = successor.domain(1);
        same.map(0x100000, 0x105000, 0x1000, Protection.READ, gather);
        same.unmap(0x100000, 0x1000, gather);
        same.sync(gather);
        assertEquals(List.of("Q 1000000000012 100701"), unit.registers.takeLog());
    }

    @Test
    void the_newer_version_adds_an_optional_tag_that_the_older_one_drops() {
        List<String> counts = driven.queueCounts();
        HandoverRecord one = driven.leave();
        assertEquals(1, one.version());
        assertEquals(Set.of("queue.counts"), one.optional());

        DriverUnit newer = next.adopt(unit, one);
        assertEquals(counts, newer.queueCounts(), "counts go on");
        assertTrue(newer.capabilities().summary().endsWith("taken over 1 times"), newer.capabilities().summary());
        HandoverRecord two = newer.leave();
        assertEquals(2, two.version());
        assertEquals(Set.of("queue.counts", "handovers"), two.optional());

        DriverUnit newerAgain = next.adopt(unit, two);
        assertTrue(newerAgain.capabilities().summary().endsWith("taken over 2 times"));
        DriverUnit older = old.adopt(unit, newerAgain.leave());
        assertTrue(older.capabilities().summary().endsWith("taken over 1 times"), "it cannot know of the others");
        assertEquals(counts, older.queueCounts());
        assertEquals(Set.of("queue.counts"), older.leave().optional());
    }

    @Test
    void records_of_bad_form_are_refused_with_the_tag() {
        HandoverRecord good = driven.leave();
        refused("record of schema 'vtd'", new HandoverRecord("vtd", 1, good.tags(), Set.of()));
        refused("record tag news is required and unknown", with(good, "news", 1));
        refused("record tag commands is missing", without(good, "commands"));
        refused("record tag events has 1 words instead of 2", with(good, "events", 1));
        refused("record tag domains has 8 words", with(good, "domains", 1, 2, 3, 4, 5, 6, 7, 8));
        refused("record tag domains has domain 1 of stage 3", with(good, "domains", 1, 4096, 3, 12, 48, 44, 0, 1, 1));
        refused("record tag domains has domain 1 of stage 2", with(good, "domains", 1, 4096, 2, 12, 44, 44, 1, 1, 1));
        refused("record tag domains, domain 1: ", with(good, "domains", 1, 4096, 1, 13, 48, 44, 0, 1, 1));
        refused("record tag domains has 0x2 where 0 or 1 must stand",
                with(good, "domains", 1, 4096, 1, 12, 48, 44, 0, 1, 2));
        refused("record tag asids has 0x100000000", with(good, "asids", 1L << 32));
        next.adopt(unit, good);
    }

    @Test
    void records_that_contradict_registers_or_memory_are_refused_and_nothing_is_touched() {
        HandoverRecord good = driven.leave();
        long[] commands = good.tags().get("commands");
        long[] events = good.tags().get("events");
        long[] table = good.tags().get("stream.table");
        long[] domains = good.tags().get("domains");
        refused("record tag commands contradicts CMDQ_BASE",
                with(good, "commands", commands[3], commands[1], commands[2], commands[0]));
        refused("record tag commands contradicts CMDQ_PROD",
                with(good, "commands", commands[0], commands[1], commands[2] + 2, commands[3]));
        refused("record tag commands has 0x1000, which is no frame",
                with(good, "commands", 4096, commands[1], commands[2], commands[3]));
        refused("record tag commands has 40, of 1 to 19", with(good, "commands", commands[0], 40, 0, 0));
        refused("record tag events contradicts EVENTQ_BASE", with(good, "events", commands[0], events[1]));
        refused("record tag stream.table contradicts STRTAB_BASE", with(good, "stream.table", commands[0], 16, 8));
        refused("record tag stream.table has 7 bits", with(good, "stream.table", table[0], 16, 7));
        refused("record tag interrupts contradicts EVENTQ_IRQ_CFG1",
                with(good, "interrupts", 0x8090040L, 9, 0x8090040L, 0x21));
        refused("record tag asids has 0, of 1 to 65535", with(good, "asids", 0, 1));
        refused("record tag domains gives domain 1 the tag 1, which is not its own", with(good, "asids", 3));
        long[] otherRoot = domains.clone();
        otherRoot[1] = domains[10];
        refused("domain 1: one unit's record says", with(good, "domains", otherRoot));
        refused("record tag domains contradicts the entry of stream 0x10", with(good, "domains"));
        unit.registers.put(FakeRegisters.CR0ACK, 0xcL);
        refused("record tag stream.table contradicts CR0ACK", good);
        unit.registers.put(FakeRegisters.CR0ACK, 0xdL);
        next.adopt(unit, good);
    }

    private void refused(String message, HandoverRecord record) {
        Set<String> handlers = new HashSet<>(unit.handlers.keySet());
        unit.registers.takeLog();
        for (SmmuDriver driver : List.of(old, next)) {
            IommuException refusal = assertThrows(IommuException.class, () -> driver.adopt(unit, record));
            assertEquals(Reason.BAD_INPUT, refusal.reason());
            // The old driver still has the domain on the other unit, and so sees more than the record and memory.
            boolean seesLess = driver == next && message.startsWith("domain 1: one");
            assertTrue(refusal.getMessage().startsWith(seesLess ? "record tag domains contradicts" : message),
                    refusal.getMessage());
        }
        assertEquals(List.of(), unit.registers.takeLog());
        assertEquals(handlers, unit.handlers.keySet());
    }

    private static HandoverRecord with(HandoverRecord record, String tag, long... words) {
        Map<String, long[]> tags = new TreeMap<>(record.tags());
        tags.put(tag, words);
        return new HandoverRecord(record.schema(), record.version(), tags, record.optional());
    }

    private static HandoverRecord without(HandoverRecord record, String tag) {
        Map<String, long[]> tags = new TreeMap<>(record.tags());
        tags.remove(tag);
        return new HandoverRecord(record.schema(), record.version(), tags, record.optional());
    }
}
