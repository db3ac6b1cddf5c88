package org.iommu4j.acpi;

import java.nio.charset.StandardCharsets;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * A system description table whose header has been checked (ACPI 6.5, section 5.2.6). Immutable.
 * <pre>
 *  0         4        8        9        10       16             24             28          32              36
 * +---------+--------+--------+--------+--------+--------------+--------------+-----------+---------------+------
 * |signature| length |revision|checksum| OEM id | OEM table id | OEM revision |creator id |creator revision| body
 * +---------+--------+--------+--------+--------+--------------+--------------+-----------+---------------+------
 * </pre>
 *
 * @param revision of the table's format
 * @param region the whole table, header included, so that offsets are those of the specification
 */
public record AcpiTable(int revision, Region region) {
    /** Length of the header in bytes: the offset of the body. */
    public static final int HEADER = 36;

    private static final int LENGTH = 4;
    private static final int REVISION = 8;

    /**
     * Checks signature, length and checksum.
     *
     * @param signature four characters
     * @param bytes the table; more bytes than its length field says are ignored
     * @throws IommuException BAD_INPUT
     */
    public static AcpiTable parse(String signature, byte[] bytes) {
        Region given = new Region(signature, bytes);
        String found = new String(given.bytes(0, LENGTH, "signature"), StandardCharsets.ISO_8859_1);
        if (!found.equals(signature)) {
            throw given.bad(0, "signature", "is '" + found + "'");
        }
        long length = given.u32(LENGTH, "length");
        if (length < HEADER || length > bytes.length) {
            throw given.bad(LENGTH, "length",
                    String.format("is %d; the header has %d bytes, the file %d", length, HEADER, bytes.length));
        }
        Region table = given.slice(0, (int) length, "table");
        int sum = 0;
        for (int offset = 0; offset < length; offset++) {
            sum += table.u8(offset, "byte");
        }
        if ((byte) sum != 0) {
            throw IommuException.of(Reason.BAD_INPUT,
                    "%s: the bytes add up to %d modulo 256, not to 0: the table is damaged", signature, sum & 255);
        }
        return new AcpiTable(table.u8(REVISION, "revision"), table);
    }
}
