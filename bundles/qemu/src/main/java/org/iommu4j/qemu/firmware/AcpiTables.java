package org.iommu4j.qemu.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * ACPI tables that lie back to back, maybe with zeros between, as QEMU hands them to its firmware; ACPI specification,
 * section 5.2.6. The pointers between them are not filled in. Immutable.
 * <pre>
 *  0 signature, 4 characters   4 length in bytes, header included   9 checksum: all bytes add up to 0
 * </pre>
 */
public final class AcpiTables {
    /** The fw_cfg file that holds them. */
    public static final String FILE = "etc/acpi/tables";

    private static final int LENGTH_AT = 4;
    private static final int CHECKSUM_AT = 9;
    private static final int MIN_LENGTH = 36;
    /** The one table without the common header; ACPI specification, section 5.2.10. */
    private static final String WITHOUT_CHECKSUM = "FACS";

    private final Map<String, byte[]> tables = new HashMap<>();

    public AcpiTables(byte[] blob) {
        ByteBuffer bytes = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + MIN_LENGTH <= blob.length; ) {
            int length = bytes.getInt(at + LENGTH_AT);
            if (blob[at] == 0) {
                at++;
            } else if (length < MIN_LENGTH || length > blob.length - at) {
                return;
            } else {
                byte[] table = Arrays.copyOfRange(blob, at, at + length);
                tables.putIfAbsent(new String(table, 0, LENGTH_AT, StandardCharsets.US_ASCII), summedUp(table));
                at += length;
            }
        }
    }

    /** A copy of the first table with a signature. */
    public Optional<byte[]> table(String signature) {
        return Optional.ofNullable(tables.get(signature)).map(byte[]::clone);
    }

    private static byte[] summedUp(byte[] table) {
        if (new String(table, 0, LENGTH_AT, StandardCharsets.US_ASCII).equals(WITHOUT_CHECKSUM)) {
            return table;
        }
        table[CHECKSUM_AT] = 0;
        byte sum = 0;
        for (byte each : table) {
            sum += each;
        }
        table[CHECKSUM_AT] = (byte) -sum;
        return table;
    }
}
