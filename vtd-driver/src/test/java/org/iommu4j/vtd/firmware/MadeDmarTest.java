package org.iommu4j.vtd.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What real tables of the collection do not have: made byte by byte from chapter 8 of the specification. */
class MadeDmarTest {
    /** 8.1 behind the ACPI header: width 46 less one, INTR_REMAP, reserved. */
    private static final String BODY = "2d 01 00 00 00 00 00 00 00 00 00 00";
    /** 8.3: type 0, length 16, INCLUDE_PCI_ALL, segment 0, base fed90000. */
    private static final String ALL = "00 00 10 00 01 00 00 00 00 00 d9 fe 00 00 00 00";

    private final FakeBoard board = FakeUnit.board();

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void eachSegmentHasItsUnits() {
        Probe probe = probe(ALL, "00 00 10 00 01 00 01 00 00 10 d9 fe 00 00 00 00",
                "00 00 18 00 00 00 02 01 00 20 d9 fe 01 00 00 00 01 08 00 00 00 80 1f 07");

        assertEquals(List.of(unit("dmar0", 0xfed90000L, DeviceScope.segment(0)),
                unit("dmar1", 0xfed91000L, DeviceScope.segment(1)),
                unit("dmar2", 0x1fed92000L, DeviceScope.function(0x102, 0x80, List.of(0xff)))), probe.units());
    }

    /** 3.14: what lies at fee00000 is interrupts for every unit. */
    private static UnitDescription unit(String name, long base, DeviceScope scope) {
        return new UnitDescription(name, base, List.of(scope),
                List.of(new ReservedRegion(0xfee00000L, 0xfeefffffL, ReservedRegion.Kind.MSI)));
    }

    @Test
    void aTableHasRoomForManyUnits() {
        String[] units = IntStream.range(0, 300).mapToObj(i -> String.format(
                "00 00 18 00 00 00 00 00 00 %02x %02x fe 00 00 00 00 01 08 00 00 00 %02x 00 00",
                i << 4 & 0xf0, i >> 4, i & 0xff)).toArray(String[]::new);

        Probe probe = probe(units);

        assertEquals(300, probe.units().size());
        assertEquals("dmar299", probe.units().get(299).name());
    }

    @Test
    void scopesMayLeadOverManyBridges() {
        Probe probe = probe("00 00 1e 00 00 00 00 00 00 00 d9 fe 00 00 00 00 02 0e 00 00 00 40 01 00 00 01 1f 07 00 00",
                ALL.replace("d9", "da"));

        assertEquals(List.of(DeviceScope.hierarchy(0, 0x40, List.of(0x08, 0x01, 0xff, 0x00))),
                probe.units().get(0).scopes());
    }

    @Test
    void overlappingReservedRegionsAreKeptAndWarnedOf() {
        Probe probe = probe(ALL, rmrr("00 10 00 00", "ff 3f 00 00"), rmrr("00 30 00 00", "ff 4f 00 00"),
                rmrr("00 50 00 00", "ff 5f 00 00"));

        assertEquals(3, probe.reserved().size());
        assertEquals(List.of("DMAR offset 0x58: RMRR 0x3000-0x4fff overlaps the earlier one 0x1000-0x3fff"),
                probe.warnings());
    }

    @Test
    void structuresOfOtherKindsAreReadAndCounted() {
        byte[] table = table("02 00 10 00 01 00 00 00 02 08 00 00 00 00 1c 00",
                "03 00 14 00 00 00 00 00 00 00 d9 fe 00 00 00 00 01 00 00 00",
                "04 00 0e 00 00 00 00 01 5c 5f 53 42 2e 00", "05 00 10 00 00 00 00 00 01 08 00 00 00 00 02 00",
                "06 00 10 00 00 00 00 00 01 08 00 00 00 00 0b 00");

        DmarTable read = DmarTable.parse(table);

        assertEquals(List.of(DmarTable.ATSR, DmarTable.RHSA, DmarTable.ANDD, DmarTable.SATC, DmarTable.SIDP),
                read.structures().stream().map(DmarTable.Structure::type).toList());
        assertEquals(List.of(1, 0, 0, 1, 1), read.structures().stream().map(each -> each.scopes().size()).toList());
    }

    @Test
    void aTableThatIsDamagedAsAWholeIsRefused() {
        byte[] sum = table(ALL);
        sum[50]++;
        refused("DMAR: the bytes add up to 1 modulo 256", sum);

        byte[] longer = table(ALL);
        longer[4]++;
        refused("DMAR offset 0x4: length is 65; the header has 36 bytes, the file 64", longer);

        refused("DMAR offset 0x4: length is 64", Arrays.copyOf(table(ALL), 63));
        refused("DMAR offset 0x4: length has 4 bytes", Arrays.copyOf(table(ALL), 6));
        refused("DMAR offset 0x0: signature is 'DMAT'", HexFormat.of().parseHex("444d4154" + "00".repeat(60)));
    }

    @Test
    void aStructureThatIsDamagedIsRefusedWithTheTable() {
        refused("DMAR offset 0x42: remapping structure length is 0", table(ALL, "00 00 00 00"));
        refused("DMAR offset 0x40: remapping structure has 16 bytes", table(ALL, "00 00 10 00 01 00 00 00"));
        refused("DMAR offset 0x42: remapping structure length has 2 bytes", table(ALL, "00 00"));
        refused("DMAR offset 0x50: RMRR limit has 8 bytes",
                table(ALL, "01 00 10 00 00 00 00 00 00 10 00 00 00 00 00 00"));
        refused("DMAR offset 0x41: device scope length is 1",
                table("00 00 18 00 00 00 00 00 00 00 d9 fe 00 00 00 00 01 01 00 00 00 00 00 00"));
        refused("DMAR offset 0x40: device scope has 9 bytes",
                table("00 00 18 00 00 00 00 00 00 00 d9 fe 00 00 00 00 01 09 00 00 00 00 00 00"));
    }

    private void refused(String message, byte[] table) {
        board.tables.put("DMAR", table);
        IommuException refusal = assertThrows(IommuException.class, () -> DmarProbe.probe(board));
        assertEquals(Reason.BAD_INPUT, refusal.reason());
        assertTrue(refusal.getMessage().startsWith(message), refusal.getMessage());
    }

    private Probe probe(String... structures) {
        board.tables.put("DMAR", table(structures));
        return DmarProbe.probe(board);
    }

    /** 8.4: type 1, length 24, segment 0, base, limit. */
    private static String rmrr(String base, String limit) {
        return "01 00 18 00 00 00 00 00 " + base + " 00 00 00 00 " + limit + " 00 00 00 00";
    }

    private static byte[] table(String... structures) {
        String body = Arrays.stream(structures).collect(Collectors.joining(" ", BODY + " ", ""));
        byte[] table = HexFormat.ofDelimiter(" ").parseHex("44 4d 41 52" + " 00".repeat(32) + " " + body);
        table[4] = (byte) table.length;
        table[5] = (byte) (table.length >>> 8);
        byte sum = 0;
        for (byte each : table) {
            sum += each;
        }
        table[9] = (byte) -sum;
        return table;
    }
}
