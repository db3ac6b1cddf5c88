package org.iommu4j.amdvi.firmware;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.iommu4j.amdvi.fake.FakeUnit;
import org.iommu4j.amdvi.fake.MadeIvrs;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.driver.fake.FakeBoard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IvrsTest {
    private final FakeBoard board = FakeUnit.board();

    @AfterEach
    void close() {
        board.close();
    }

    private Probe probe(MadeIvrs table) {
        board.tables.put("IVRS", table.table());
        return IvrsProbe.probe(board);
    }

    @Test
    void every_kind_of_device_entry_is_understood() {
        Probe probe = probe(new MadeIvrs().ivhd(0x40, 0, 2, 0xfeb80000L,
                0x00, 0, 0, 0,
                0x02, 0x10, 0x00, 0xd7,
                0x03, 0x18, 0x00, 0, 0x04, 0xff, 0x00, 0,
                0x42, 0x00, 0x02, 0, 0, 0xa5, 0x00, 0,
                0x43, 0x00, 0xff, 0, 0, 0xa5, 0x00, 0, 0x04, 0xff, 0xff, 0,
                0x46, 0x00, 0x03, 0, 0, 0, 0, 0x80,
                0x47, 0x00, 0x04, 0, 0, 0, 0, 0x80, 0x04, 0xff, 0x04, 0,
                0x48, 0, 0, 0xd7, 0x20, 0xa0, 0x00, 1,
                0xf0, 0xa6, 0x00, 0x40, 'A', 'M', 'D', 'I', '0', '0', '2', '0', 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 'a', 'b',
                'c',
                0x40, 0, 0, 0, 0, 0, 0, 0));
        assertEquals(List.of(), probe.warnings());
        assertEquals(List.of(DeviceScope.range(0, 0x10, 0x10, 0x10), DeviceScope.range(0, 0x18, 0xff, 0x18),
                DeviceScope.alias(0, 0x200, 0x200, 0xa5), DeviceScope.alias(0, 0xff00, 0xffff, 0xa5),
                DeviceScope.range(0, 0x300, 0x300, 0x300), DeviceScope.range(0, 0x400, 0x4ff, 0x400),
                DeviceScope.range(0, 0xa6, 0xa6, 0xa6)), probe.units().get(0).scopes());
        assertEquals("ivhd0", probe.units().get(0).name());
        byte[] settings = UnitHardware.of(board, 0xfeb80000L).settings();
        assertEquals((byte) 0xd7, settings[0x10]);
        assertEquals((byte) 0xd7, settings[0xa0], "of the IO-APIC");
        assertEquals(0, settings[0x18]);
    }

    @Test
    void all_means_all() {
        assertEquals(List.of(DeviceScope.range(0, 0, 0xffff, 0)),
                probe(new MadeIvrs().ivhd(0x10, 0, 2, 0xfeb80000L, 1, 0, 0, 0)).units().get(0).scopes());
    }

    @Test
    void of_several_blocks_for_a_unit_the_highest_type_counts() {
        Probe probe = probe(new MadeIvrs()
                .ivhd(0x11, 0, 2, 0xfeb80000L, 2, 0x11, 0, 0)
                .ivhd(0x40, 0, 2, 0xfeb80000L, 2, 0x40, 0, 0)
                .ivhd(0x10, 0, 2, 0xfeb80000L, 2, 0x10, 0, 0)
                .ivhd(0x10, 0, 0x4002, 0xfec80000L, 2, 0x20, 0, 0)
                .ivhd(0x11, 0, 0x4002, 0xfec80000L, 2, 0x21, 0, 0));
        assertEquals(List.of(0x40, 0x21),
                probe.units().stream().map(unit -> unit.scopes().get(0).start().rid()).toList());
        assertEquals(List.of("ivhd0", "ivhd1"), probe.units().stream().map(unit -> unit.name()).toList());
    }

    @Test
    void memory_blocks_become_reserved_regions_of_their_devices() {
        Probe probe = probe(new MadeIvrs().ivhd(0x10, 0, 2, 0xfeb80000L, 1, 0, 0, 0)
                .ivmd(0x20, 0x07, 0x99, 0x99, 0x1000, 0x2000)
                .ivmd(0x21, 0x08, 0x10, 0, 0x4000, 0x1000)
                .ivmd(0x22, 0x06, 0x20, 0x2f, 0x8000, 1));
        assertEquals(List.of(new ReservedRegion(0x1000, 0x2fff, ReservedRegion.Kind.DIRECT),
                new ReservedRegion(0x4000, 0x4fff, ReservedRegion.Kind.DIRECT),
                new ReservedRegion(0x8000, 0x8fff, ReservedRegion.Kind.RESERVED)),
                probe.reserved().stream().map(each -> each.region()).toList());
        assertEquals(List.of(DeviceScope.range(0, 0, 0xffff, 0), DeviceScope.range(0, 0x10, 0x10, 0x10),
                DeviceScope.range(0, 0x20, 0x2f, 0x20)),
                probe.reserved().stream().map(each -> each.scopes().get(0)).toList());
        assertEquals(1, probe.warnings().size(), "rounded up to a page");
    }

    @Test
    void what_is_odd_is_a_warning_that_names_the_offset() {
        Probe probe = probe(new MadeIvrs()
                .ivhd(0x10, 0, 2, 0, 1, 0, 0, 0)
                .ivhd(0x10, 0, 3, 0xfeb80000L, 0x03, 0x10, 0, 0, 0x02, 0x11, 0, 0, 0x04, 0x12, 0, 0, 0x03, 0x20, 0, 0,
                        0x04, 0x1f, 0, 0, 0x3f, 0, 0, 0, 0x03, 0x30, 0, 0)
                .ivhd(0x10, 0, 4, 0xfeb80000L, 1, 0, 0, 0)
                .ivmd(0x22, 1, 0x30, 0x20, 0x1000, 0x1000)
                .ivmd(0x20, 1, 0, 0, 0x1000, 0)
                .ivmd(0x20, 0xf1, 0, 0, 0x1000, 0x1000)
                .put(0x51, 0, 8, 0, 1, 2, 3, 4));
        assertEquals(1, probe.units().size());
        assertEquals(List.of(DeviceScope.range(0, 0x11, 0x11, 0x11)), probe.units().get(0).scopes());
        assertEquals(1, probe.reserved().size());
        assertEquals(11, probe.warnings().size(), String.join("\n", probe.warnings()));
        probe.warnings().forEach(each -> assertTrue(each.startsWith("IVRS offset 0x"), each));
    }

    @Test
    void what_is_broken_is_refused() {
        refused("device entry", new MadeIvrs().ivhd(0x10, 0, 2, 0xfeb80000L, 0x46, 0, 0, 0).table());
        refused("unique id", new MadeIvrs().ivhd(0x40, 0, 2, 0xfeb80000L, 0xf0, 0, 0, 0).table());
        refused("block length", new MadeIvrs().put(0x10, 0, 2, 0).table());
        refused("block", new MadeIvrs().put(0x10, 0, 0xff, 0).table());
        refused("IVHD", new MadeIvrs().put(0x11, 0, 8, 0, 0, 0, 0, 0).table());
        refused("IVMD", new MadeIvrs().put(0x20, 0, 8, 0, 0, 0, 0, 0).table());
        byte[] damaged = MadeIvrs.twoUnits();
        damaged[50]++;
        refused("IVRS", damaged);
    }

    private void refused(String word, byte[] table) {
        board.tables.put("IVRS", table);
        IommuException refused = assertThrows(IommuException.class, () -> IvrsProbe.probe(board));
        assertEquals(Reason.BAD_INPUT, refused.reason());
        assertTrue(refused.getMessage().contains("IVRS") && refused.getMessage().contains(word),
                refused.getMessage());
    }

    @Test
    void a_machine_without_the_table_has_no_units() {
        assertEquals(List.of(), IvrsProbe.probe(board).units());
        assertArrayEquals(new Object[0], IvrsProbe.probe(board).reserved().toArray());
    }
}
