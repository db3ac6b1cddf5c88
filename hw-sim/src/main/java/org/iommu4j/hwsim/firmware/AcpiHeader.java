package org.iommu4j.hwsim.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The header that all tables have. ACPI 6.5, 5.2.6; offsets in bytes.
 * <pre>
 *   0  4  signature     9  1  checksum: all bytes add to 0     24  4  OEM revision
 *   4  4  length       10  6  OEM id                           28  4  creator id
 *   8  1  revision     16  8  OEM table id                     32  4  creator revision
 * </pre>
 */
final class AcpiHeader {
    static final int SIZE = 36;

    private static final int CHECKSUM = 9;
    private static final String OEM = "IOMMU4";
    private static final String OEM_TABLE = "HW-SIM  ";
    private static final String CREATOR = "I4J ";
    private static final int ONE = 1;

    private AcpiHeader() {
    }

    static ByteBuffer buffer(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes the header, without checksum, at the buffer's position. */
    static void write(ByteBuffer table, String signature, byte revision) {
        table.put(ascii(signature)).putInt(table.capacity()).put(revision).put((byte) 0);
        table.put(ascii(OEM)).put(ascii(OEM_TABLE)).putInt(ONE).put(ascii(CREATOR)).putInt(ONE);
    }

    /** The table's bytes, once all of them have been written. */
    static byte[] sealed(ByteBuffer table) {
        byte sum = 0;
        for (byte b : table.array()) {
            sum += b;
        }
        return table.put(CHECKSUM, (byte) -sum).array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
