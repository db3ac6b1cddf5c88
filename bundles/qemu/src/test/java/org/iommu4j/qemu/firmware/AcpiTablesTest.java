package org.iommu4j.qemu.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tables as ACPI specification 5.2.6 lays them out: signature at 0, length at 4, checksum at 9. */
class AcpiTablesTest {
    @Test
    void tablesAreCutApartAndAddUpToZero() {
        AcpiTables tables = new AcpiTables(blob("FACS", 64, "DSDT", 41, "DMAR", 48));
        byte[] dmar = tables.table("DMAR").orElseThrow();
        assertEquals(48, dmar.length);
        byte sum = 0;
        for (byte each : dmar) {
            sum += each;
        }
        assertEquals(0, sum);
        assertEquals(Optional.empty(), tables.table("IVRS"));
    }

    @Test
    void theTableWithoutChecksumStaysAsItIs() {
        byte[] facs = new AcpiTables(blob("FACS", 64)).table("FACS").orElseThrow();
        assertEquals(0x5a, facs[9]);
    }

    @Test
    void aTableThatIsCutOffIsNone() {
        byte[] blob = blob("DSDT", 40, "DMAR", 48);
        ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN).putInt(44, 1 << 20);
        AcpiTables tables = new AcpiTables(blob);
        assertTrue(tables.table("DSDT").isPresent());
        assertEquals(Optional.empty(), tables.table("DMAR"));
    }

    private static byte[] blob(Object... tables) {
        ByteBuffer blob = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tables.length; i += 2) {
            int length = (Integer) tables[i + 1];
            byte[] table = new byte[length];
            Arrays.fill(table, (byte) 0x5a);
            ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN)
                    .put(((String) tables[i]).getBytes(StandardCharsets.US_ASCII)).putInt(length);
            blob.put(table);
        }
        return blob.array();
    }
}
