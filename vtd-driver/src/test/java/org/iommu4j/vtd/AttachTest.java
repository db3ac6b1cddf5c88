package org.iommu4j.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.domain.PagingDomain;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeRegisters;
import org.iommu4j.vtd.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttachTest {
    private static final int RID = 0x0108;

    private final FakeBoard board = FakeUnit.board();
    private final VtdDriver driver = new VtdDriver(1, 50_000_000);
    private FakeUnit unit;
    private DriverUnit driven;

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void legacy_entries_are_those_of_section_9_3_each_by_one_128_bit_store() {
        start(FakeUnit.CAP, FakeUnit.ECAP_LEGACY);
        PagingDomain<?> domain = (PagingDomain<?>) driven.allocate(7);

        assertEquals(AttachMethod.FRESH, driven.attach(RID, domain));
        long entry = legacyEntry();
        assertEquals(domain.root() | 1, board.memory.load64(entry), "SSPTPTR, TT 0, P");
        assertEquals(0x202, board.memory.load64(entry + 8), "DID 2, AW 2");
        assertEquals(List.of(), unit.registers.takeLog(), "nothing can be cached of an absent entry");

        int stores = board.stores128;
        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(RID, driven.identity()));
        assertEquals(0x9, board.memory.load64(entry), "TT 2, P");
        assertEquals(0x102, board.memory.load64(entry + 8), "DID 1, AW 2: the most levels there are");
        assertEquals(stores + 1, board.stores128);
        assertEquals(List.of("Q 10800020031 0", "Q 200e2 0"), unit.registers.takeLog(),
                "context cache of the device and IOTLB of the domain, both of the old id 2 (6.5.2.1, 6.5.2.3)");

        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(RID, driven.blocked()));
        assertEquals(0, board.memory.load64(entry));
        assertEquals(0, board.memory.load64(entry + 8));
        assertEquals(List.of("Q 10800010031 0", "Q 100e2 0"), unit.registers.takeLog());
        assertEquals(stores + 2, board.stores128);
    }

    @Test
    void scalable_entries_are_those_of_chapter_9_and_only_the_pasid_entry_changes() {
        start(FakeUnit.CAP, FakeUnit.ECAP_SCALABLE);
        PagingDomain<?> domain = (PagingDomain<?>) driven.allocate(7);
        int upper = 0x0190; // device 18: the upper context table

        driven.attach(upper, domain);

        long root = unit.registers.get(FakeRegisters.RTADDR) & -4096;
        assertEquals(0, board.memory.load64(root + 16), "LP of bus 1");
        long contexts = board.memory.load64(root + 24);
        assertEquals(1, contexts & 4095, "UP of bus 1");
        long context = (contexts & -4096) + (0x90 - 0x80) * 32;
        long directory = board.memory.load64(context);
        assertEquals(0x401, directory & 4095, "PDTS 2, P");
        assertEquals(0, board.memory.load64(context + 8), "RID_PASID 0");
        long table = board.memory.load64(directory & -4096);
        assertEquals(1, table & 4095);
        long entry = table & -4096;
        assertEquals(domain.root() | 0x89, board.memory.load64(entry), "SSPTPTR, PGTT 2, AW 2, P");
        assertEquals(2, board.memory.load64(entry + 8), "DID 2");
        assertEquals(List.of(), unit.registers.takeLog());

        int stores = board.stores128;
        driven.attach(upper, driven.identity());
        assertEquals(0x109, board.memory.load64(entry), "PGTT 4, AW 2, P");
        assertEquals(1, board.memory.load64(entry + 8));
        assertEquals(stores + 1, board.stores128);
        assertEquals(List.of("Q 20017 0", "Q 200e2 0"), unit.registers.takeLog(),
                "PASID cache of PASID 0, then IOTLB, both of the old id 2 (6.5.2.2, 6.5.2.3)");

        driven.attach(upper, driven.blocked());
        assertEquals(0, board.memory.load64(entry));
        assertEquals(List.of("Q 10017 0", "Q 10026 0"), unit.registers.takeLog(),
                "what passed untranslated is forgotten by PASID (6.5.2.4)");
    }

    @Test
    void caching_mode_invalidates_what_was_absent() {
        start(FakeUnit.CAP | 1 << 7, FakeUnit.ECAP_LEGACY);
        DriverDomain domain = driven.allocate(7);

        driven.attach(RID, domain);
        assertEquals(List.of("Q 10800000031 0", "Q 200e2 0"), unit.registers.takeLog(),
                "absent entries are cached under id 0 (6.1)");

        domain.map(0x5000, 0x1_0000_5000L, 0x2000, Protection.READ, new Gather());
        assertEquals(List.of("Q 200f2 4002"), unit.registers.takeLog(), "IH 0, pages 4 to 7 (AM 2)");
    }

    @Test
    void attaching_what_is_attached_does_nothing() {
        start(FakeUnit.CAP, FakeUnit.ECAP_LEGACY);
        DriverDomain domain = driven.allocate(7);
        assertEquals(AttachMethod.NONE, driven.attach(RID, driven.blocked()));
        assertEquals(0, board.stores128, "blocking needs no tables");

        driven.attach(RID, domain);
        int stores = board.stores128;
        assertEquals(AttachMethod.NONE, driven.attach(RID, domain));
        assertEquals(stores, board.stores128);
        assertEquals(List.of(), unit.registers.takeLog());
        driven.attach(RID, driven.blocked());
        domain.free();
    }

    @Test
    void a_domain_in_use_cannot_be_freed_and_its_id_is_reused_only_afterwards() {
        start(FakeUnit.CAP, FakeUnit.ECAP_LEGACY);
        DriverDomain first = driven.allocate(7);
        DriverDomain second = driven.allocate(8);
        driven.attach(RID, first);
        driven.attach(RID + 1, first);
        driven.attach(RID + 2, second);
        assertEquals(0x302, board.memory.load64(legacyEntry() + 2 * 16 + 8), "DID 3");
        assertEquals(Reason.BUSY, assertThrows(IommuException.class, first::free).reason());

        driven.attach(RID, second);
        assertEquals(Reason.BUSY, assertThrows(IommuException.class, first::free).reason());
        driven.attach(RID + 1, second);
        first.free();

        driven.attach(RID + 3, driven.allocate(9));
        assertEquals(0x202, board.memory.load64(legacyEntry() + 3 * 16 + 8), "DID 2 again");
    }

    @Test
    void without_memory_or_ids_the_old_domain_stays() {
        unit = new FakeUnit(board, "dmar0", FakeUnit.CAP & ~7L, FakeUnit.ECAP_LEGACY); // ND 0: 16 ids
        unit.frames = board.frames(4 * 4096 + 14 * 4096 + 4096);
        driven = driver.attach(unit);
        for (int i = 0; i < 14; i++) {
            driven.attach(RID + i, driven.allocate(100 + i));
        }
        DriverDomain oneMore = driven.allocate(200);

        IommuException noId = assertThrows(IommuException.class, () -> driven.attach(RID, oneMore));
        assertEquals(Reason.NO_SPACE, noId.reason());
        assertTrue(noId.getMessage().contains("16 domain ids"), noId.getMessage());
        assertEquals(0x202, board.memory.load64(legacyEntry() + 8));

        IommuException noFrame = assertThrows(IommuException.class,
                () -> driven.attach(0x4000, driven.domain(100)));
        assertEquals(Reason.NO_MEMORY, noFrame.reason());
        driven.attach(RID, driven.blocked());
        driven.domain(100).free();
    }

    @Test
    void an_invalidation_that_fails_puts_the_old_entry_back() {
        start(FakeUnit.CAP, FakeUnit.ECAP_LEGACY);
        DriverDomain domain = driven.allocate(7);
        driven.attach(RID, domain);
        long low = board.memory.load64(legacyEntry());
        unit.registers.malformed = 0x200e2;

        IommuException refused = assertThrows(IommuException.class, () -> driven.attach(RID, driven.identity()));

        assertEquals(Reason.IO, refused.reason());
        assertTrue(refused.getMessage().contains("iotlb_inv [0x200e2 0x0]"), refused.getMessage());
        assertEquals(low, board.memory.load64(legacyEntry()));
        assertEquals(0x202, board.memory.load64(legacyEntry() + 8));
        unit.registers.malformed = 0;
        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(RID, driven.identity()));
        domain.free();
    }

    @Test
    void a_domain_that_does_not_fit_the_unit_is_incompatible() {
        start(FakeUnit.CAP, FakeUnit.ECAP_LEGACY);
        FakeUnit narrow = new FakeUnit(board, "dmar1", FakeUnit.CAP & ~(1L << 35 | 1L << 10),
                FakeUnit.ECAP_LEGACY & ~64);
        DriverUnit other = driver.attach(narrow);

        IommuException levels = assertThrows(IommuException.class, () -> other.attach(RID, driven.allocate(7)));
        assertEquals(Reason.INCOMPATIBLE, levels.reason());
        assertTrue(levels.getMessage().startsWith("dmar1 walks no second-stage tables of 4 levels"),
                levels.getMessage());
        assertEquals(Reason.NOT_SUPPORTED, assertThrows(IommuException.class, other::identity).reason());
        assertEquals(Reason.NOT_SUPPORTED,
                assertThrows(IommuException.class, () -> other.attach(RID, driven.identity())).reason());
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> driven.attach(65536, driven.blocked())).reason());
        assertEquals((1L << 39) - 1, other.allocate(8).lastIova());
    }

    @Test
    void walk_shows_every_entry_on_the_way() {
        start(FakeUnit.CAP, FakeUnit.ECAP_SCALABLE);
        DriverDomain domain = driven.allocate(7);
        domain.map(0x40000000L, 0x140000000L, 0x200000, Protection.READ | Protection.WRITE, new Gather());
        driven.attach(RID, domain);

        List<WalkStep> steps = driven.walk(RID, 0x40001000L);

        assertEquals(List.of("scalable root entry", "scalable context entry", "PASID directory entry", "PASID entry",
                "second-stage table entry, level 4", "second-stage table entry, level 3",
                "second-stage page entry, level 2"), steps.stream().map(WalkStep::name).toList());
        WalkStep leaf = steps.get(6);
        assertEquals(List.of(0x140000083L), leaf.words());
        assertTrue(leaf.fields().contains("ADDR=0x140000000"), leaf.fields().toString());
        assertEquals(1, driven.walk(0x7f00, 0).size(), "a root entry that is not present ends the walk");
        assertFalse(leaf.fields().stream().anyMatch(field -> field.startsWith("other")));
    }

    private void start(long cap, long ecap) {
        unit = new FakeUnit(board, "dmar0", cap, ecap);
        driven = driver.attach(unit);
        unit.registers.takeLog();
        board.stores128 = 0;
    }

    /** Section 9.1 and 9.3: root entry of bus 1, then 16 bytes a function. */
    private long legacyEntry() {
        long root = unit.registers.get(FakeRegisters.RTADDR) & -4096;
        return (board.memory.load64(root + 16) & -4096) + (RID & 255) * 16;
    }
}
