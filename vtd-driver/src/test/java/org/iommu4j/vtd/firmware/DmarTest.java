package org.iommu4j.vtd.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.ReservedScope;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables typed from chapter 8 of the specification. */
class DmarTest {
    private static final ReservedRegion INTERRUPTS =
            new ReservedRegion(0xfee00000L, 0xfeefffffL, ReservedRegion.Kind.MSI);
    private static final int[] ENDPOINT_2_0 = {1, 8, 0, 0, 0, 0, 0x02, 0};
    private static final int[] BRIDGE_BEHIND_BRIDGE = {2, 10, 0, 0, 0, 0, 0x1c, 0, 0x00, 1};
    private static final int[] IO_APIC = {3, 8, 0, 0, 2, 0xf0, 0x1f, 0};
    private static final int[] NAMESPACE_DEVICE = {5, 8, 0, 0, 1, 0, 0x15, 2};

    private final FakeBoard board = FakeUnit.board();

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void units_and_scopes_come_in_the_order_of_the_table() {
        Probe probe = probe(drhd(0, 0, 0xfed90000L, ENDPOINT_2_0),
                drhd(1, 0, 0xfed91000L, IO_APIC, BRIDGE_BEHIND_BRIDGE, NAMESPACE_DEVICE));

        assertEquals(List.of(
                new UnitDescription("dmar0", 0xfed90000L, List.of(DeviceScope.function(0, 0, List.of(0x10))),
                        List.of(INTERRUPTS)),
                new UnitDescription("dmar1", 0xfed91000L, List.of(DeviceScope.hierarchy(0, 0, List.of(0xe0, 0x01)),
                        DeviceScope.function(0, 0, List.of(0xaa)), DeviceScope.segment(0)), List.of(INTERRUPTS))),
                probe.units());
        assertEquals(List.of(), probe.warnings());
    }

    @Test
    void reserved_regions_are_direct_and_name_their_devices() {
        Probe probe = probe(drhd(1, 0, 0xfed91000L), rmrr(0x7c000000L, 0x807fffffL, ENDPOINT_2_0));

        ReservedScope only = probe.reserved().get(0);
        assertEquals("ReservedRegion[start=2080374784, last=2155872255, kind=DIRECT]", only.region().toString());
        assertEquals(List.of(DeviceScope.function(0, 0, List.of(0x10))), only.scopes());
    }

    @Test
    void what_is_odd_but_real_is_lived_with() {
        Probe probe = probe(drhd(0, 0, 0, ENDPOINT_2_0), drhd(1, 4, 0xfc800000L), drhd(0, 0x40, 0xfc810000L),
                structure(0x77, 1, 2, 3), structure(6, 0, 0, 0, 0), rmrr(0x2000, 0x1fff), rmrr(0, 0xfff),
                rmrr(0x3000, 0x3004));

        assertEquals(List.of("dmar0", "dmar1"), probe.units().stream().map(UnitDescription::name).toList());
        assertEquals(2, probe.reserved().size());
        assertEquals(List.of("DMAR offset 0x30: DRHD has its registers at 0x0; the unit is left out",
                "DMAR offset 0x58: DRHD size is 0x40; only the lower four bits count",
                "DMAR offset 0x68: has the unknown type 119 and is left out",
                "DMAR offset 0x77: RMRR ends at 0x1fff before it starts at 0x2000 and is left out",
                "DMAR offset 0xa7: RMRR 0x3000-0x3004 is not made of pages; 0x3000-0x3fff is reserved"),
                probe.warnings());
    }

    @Test
    void no_table_means_no_units() {
        assertEquals(new Probe(List.of(), List.of(), List.of()), DmarProbe.probe(board));
    }

    @Test
    void damaged_structures_are_refused_with_offset_and_field() {
        refused("DMAR offset 0x32: remapping structure length is 0", new int[] {0, 0, 0, 0});
        refused("DMAR offset 0x30: remapping structure has 20 bytes", new int[] {0, 0, 20, 0});
        refused("DMAR offset 0x38: DRHD register base has 8 bytes", new int[] {0, 0, 8, 0, 0, 0, 0, 0});
        refused("DMAR offset 0x41: scope length is 7", drhd(0, 0, 4096, new int[] {1, 7, 0, 0, 0, 0, 1}));
        refused("DMAR offset 0x46: scope path is 32.0", drhd(0, 0, 4096, new int[] {1, 8, 0, 0, 0, 0, 32, 0}));
        refused("DMAR offset 0x41: device scope length is 0", drhd(0, 0, 4096, new int[] {1, 0, 0, 0}));
    }

    @Test
    void any_bytes_end_in_a_probe_or_in_a_typed_error() {
        long seed = Long.getLong("iommu4j.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] good = table(drhd(1, 0, 0xfed91000L, IO_APIC, BRIDGE_BEHIND_BRIDGE), rmrr(0, 0xfff, ENDPOINT_2_0));
        for (int round = 0; round < 5000 * Integer.getInteger("iommu4j.scale", 1); round++) {
            byte[] bytes = good.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[48 + random.nextInt(bytes.length - 48)] = (byte) random.nextInt();
            }
            board.tables.put("DMAR", checksummed(bytes));
            try {
                DmarProbe.probe(board);
            } catch (IommuException e) {
                assertEquals(Reason.BAD_INPUT, e.reason(), "seed " + seed);
            }
        }
    }

    private void refused(String message, int[]... structures) {
        IommuException refusal = assertThrows(IommuException.class, () -> probe(structures));
        assertEquals(Reason.BAD_INPUT, refusal.reason());
        assertTrue(refusal.getMessage().startsWith(message), refusal.getMessage());
    }

    private Probe probe(int[]... structures) {
        board.tables.put("DMAR", table(structures));
        return DmarProbe.probe(board);
    }

    /** 8.3: type 0, length, flags, size, segment, register base, scopes. */
    private static int[] drhd(int flags, int size, long base, int[]... scopes) {
        return structure(0, join(new int[] {flags, size, 0, 0}, u64(base), join(scopes)));
    }

    /** 8.4: type 1, length, reserved, segment, base, limit, scopes. */
    private static int[] rmrr(long base, long limit, int[]... scopes) {
        return structure(1, join(new int[] {0, 0, 0, 0}, u64(base), u64(limit), join(scopes)));
    }

    private static int[] structure(int type, int... body) {
        return join(new int[] {type, 0, body.length + 4, 0}, body);
    }

    private static int[] u64(long value) {
        int[] bytes = new int[8];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (int) (value >>> 8 * i) & 255;
        }
        return bytes;
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    /** 8.1: ACPI header, width 39 less one, flags, 10 reserved bytes. */
    private static byte[] table(int[]... structures) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("DMAR".getBytes());
        bytes.writeBytes(new byte[32]);
        bytes.write(38);
        bytes.writeBytes(new byte[11]);
        for (int each : join(structures)) {
            bytes.write(each);
        }
        byte[] table = bytes.toByteArray();
        table[4] = (byte) table.length;
        table[5] = (byte) (table.length >>> 8);
        return checksummed(table);
    }

    private static byte[] checksummed(byte[] table) {
        table[9] = 0;
        int sum = 0;
        for (byte each : table) {
            sum += each;
        }
        table[9] = (byte) -sum;
        return table;
    }
}
