package org.iommu4j.smmuv3.firmware;

import static org.iommu4j.smmuv3.firmware.MadeIort.mapping;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.smmuv3.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Odd and broken tables. */
class MadeIortTest {
    private final FakeBoard board = FakeUnit.board();
    private final MadeIort made = new MadeIort();
    private final int its = made.its();

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void units_scopes_and_reserved_memory_come_out_of_a_typical_table() {
        Probe probe = probe(MadeIort.typical());
        assertEquals(List.of(), probe.warnings());
        assertEquals(1, probe.units().size());
        assertEquals("smmu0", probe.units().get(0).name());
        assertEquals(0x09050000L, probe.units().get(0).registerBase());
        assertEquals(List.of(DeviceScope.range(0, 0, 0x7fff, 0x100)), probe.units().get(0).scopes());
        assertEquals(List.of(new ReservedRegion(0x8000000, 0x80fffff, ReservedRegion.Kind.SW_MSI)),
                probe.units().get(0).reserved());
        assertEquals(new ReservedRegion(0x80000000L, 0x80001fffL, ReservedRegion.Kind.DIRECT),
                probe.reserved().get(0).region());
        assertEquals(List.of(DeviceScope.range(0, 0x10, 0x10, 0x110)), probe.reserved().get(0).scopes());
        assertEquals(List.of(0x110), IortProbe.firmwareStreams(board, 0x09050000L));
        assertEquals(List.of(), IortProbe.firmwareStreams(board, 0x09070000L));
    }

    @Test
    void a_machine_without_the_table_has_no_units() {
        assertEquals(List.of(), new FakeProbe(board).get().units());
        assertEquals(List.of(), IortProbe.firmwareStreams(board, 0));
    }

    private record FakeProbe(FakeBoard board) {
        Probe get() {
            return IortProbe.probe(board);
        }
    }

    @Test
    void ids_go_through_what_lies_between() {
        int smmu = made.smmu(0x2b400000L, its);
        int between = made.namedComponent(mapping(0x1000, 0xff, 0x40, smmu, 0));
        made.rootComplex(3, mapping(0x100, 0x3ff, 0xf80, between, 0), mapping(0, 0xff, 0, its, 0));
        // 0x100 becomes 0xf80; of 0xf80 to 0x137f the next node takes 0x1000 to 0x10ff
        assertEquals(List.of(DeviceScope.range(3, 0x180, 0x27f, 0x40)),
                probe(made.table()).units().get(0).scopes());
    }

    @Test
    void a_count_that_is_one_too_large_is_repaired() {
        int smmu = made.smmu(0x2b400000L, its);
        made.rootComplex(0, mapping(0, 0x100, 0, smmu, 0), mapping(0x100, 0xff, 0x1000, smmu, 0));
        Probe probe = probe(made.table());
        assertEquals(List.of(DeviceScope.range(0, 0, 0xff, 0), DeviceScope.range(0, 0x100, 0x1ff, 0x1000)),
                probe.units().get(0).scopes());
        assertEquals(1, probe.warnings().size());
        assertTrue(probe.warnings().get(0).contains("the count is one too large"), probe.warnings().get(0));
    }

    @Test
    void a_single_mapping_gives_all_devices_of_a_root_complex_one_stream() {
        int smmu = made.smmu(0x2b400000L, its);
        made.rootComplex(0, mapping(0, 0, 0x7005, smmu, 1));
        made.rootComplex(1, mapping(0, 0xffff, 0x10000, smmu, 0));
        made.reservedMemory(0, 0x80000000L, 0x2000, mapping(0, 0, 0x7005, smmu, 1));
        Probe probe = probe(made.table());
        DeviceScope all = DeviceScope.merged(0, 0, 0xffff, 0x7005);
        assertEquals(List.of(all, DeviceScope.range(1, 0, 0xffff, 0x10000)), probe.units().get(0).scopes());
        assertEquals(List.of(all), probe.reserved().get(0).scopes());
        assertEquals(List.of(0x7005), IortProbe.firmwareStreams(board, 0x2b400000L));
        assertEquals(List.of(), probe.warnings());
    }

    @Test
    void what_is_odd_is_left_out_with_a_warning() {
        made.unknown(200);
        made.smmu(0x2b401000L, its);
        int smmu = made.smmu(0x2b400000L, its);
        made.rootComplex(0x1000000, mapping(0, 0, 5, smmu, 0));
        made.rootComplex(0, mapping(0x10000, 0xf, 0, smmu, 0));
        made.reservedMemory(1, 0x80000000L, 0, mapping(0, 0, 1, smmu, 1));
        made.reservedMemory(1, 0x80000800L, 0x1000, mapping(0, 0, 1, smmu, 1));
        Probe probe = probe(made.table());
        assertEquals(1, probe.units().size());
        assertEquals(List.of(new ReservedRegion(0x80000000L, 0x80001fffL, ReservedRegion.Kind.DIRECT_RELAXABLE)),
                probe.reserved().stream().map(scope -> scope.region()).toList());
        String all = String.join("\n", probe.warnings());
        for (String part : List.of("unknown type 200", "registers at 0x2b401000", "segment 0x1000000",
                "ids 0x10000", "memory 0x80000000 + 0x0", "not made of pages")) {
            assertTrue(all.contains(part), part + " in " + all);
        }
        assertEquals(6, probe.warnings().size(), all);
    }

    @Test
    void circles_end() {
        int offset = 48 + 24;
        made.rootComplex(0, mapping(0, 0xff, 0, offset, 0));
        Probe probe = probe(made.table());
        assertEquals(1, probe.warnings().size());
        assertTrue(probe.warnings().get(0).contains("circle"), probe.warnings().get(0));
    }

    @Test
    void broken_tables_are_refused_with_offset_and_field() {
        refused("IORT offset 0x28: node offset is 0x1000", table -> table.putInt(40, 0x1000));
        refused("IORT offset 0x49: node length is 8", table -> table.putShort(73, (short) 8));
        refused("IORT offset 0x48: node has", table -> table.putShort(73, (short) 0x7000));
        refused("IORT offset 0x50: mapping count is 9", table -> table.putInt(80, 9));
        refused("mapping output reference is 0x31", table -> table.putInt(72 + 16 + 52 + 12, 0x31));
        refused("add up to", table -> table.put(9, (byte) (table.get(9) + 1)), false);
    }

    private void refused(String message, Consumer<ByteBuffer> damage) {
        refused(message, damage, true);
    }

    private void refused(String message, Consumer<ByteBuffer> damage, boolean seal) {
        byte[] bytes = MadeIort.typical();
        damage.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        if (seal) {
            MadeIort.seal(bytes);
        }
        IommuException refusal = assertThrows(IommuException.class, () -> probe(bytes));
        assertEquals(Reason.BAD_INPUT, refusal.reason());
        assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
    }

    private Probe probe(byte[] bytes) {
        board.tables.put("IORT", bytes);
        return IortProbe.probe(board);
    }
}
