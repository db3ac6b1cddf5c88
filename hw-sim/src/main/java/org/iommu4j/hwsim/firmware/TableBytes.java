package org.iommu4j.hwsim.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/** A firmware table that somebody has captured: every access is checked, and refused naming file, offset and field. */
final class TableBytes {
    private static final int SIGNATURE_SIZE = 4;
    private static final int LENGTH = 4;
    private static final int LEAST = 36;

    private final String file;
    private final String signature;
    private final ByteBuffer table;
    private final int length;

    /** @throws IommuException BAD_INPUT if signature, length or checksum are not a table's */
    TableBytes(String file, byte[] bytes, String signature) {
        this.file = file;
        this.signature = signature;
        this.table = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        String found = new String(bytes, 0, Math.min(SIGNATURE_SIZE, bytes.length), StandardCharsets.ISO_8859_1);
        if (!found.equals(signature) || bytes.length < LEAST) {
            throw refuse(0, "signature", "is '" + found + "', of " + bytes.length + " bytes");
        }
        length = table.getInt(LENGTH);
        if (length < LEAST || length > bytes.length) {
            throw refuse(LENGTH, "length", "is " + length + "; the file has " + bytes.length + " bytes");
        }
        byte sum = 0;
        for (int at = 0; at < length; at++) {
            sum += bytes[at];
        }
        if (sum != 0) {
            throw refuse(0, "checksum", "is wrong: all bytes add up to " + (sum & 0xff) + ", not 0");
        }
    }

    int length() {
        return length;
    }

    int u8(int at, String field) {
        require(at, Byte.BYTES, field);
        return Byte.toUnsignedInt(table.get(at));
    }

    int u16(int at, String field) {
        require(at, Short.BYTES, field);
        return Short.toUnsignedInt(table.getShort(at));
    }

    int i32(int at, String field) {
        require(at, Integer.BYTES, field);
        return table.getInt(at);
    }

    long i64(int at, String field) {
        require(at, Long.BYTES, field);
        return table.getLong(at);
    }

    private void require(int at, int size, String field) {
        if (at < 0 || at > length - size) {
            throw refuse(at, field, "ends beyond the table's " + length + " bytes");
        }
    }

    IommuException refuse(int at, String field, String problem) {
        return IommuException.of(Reason.BAD_INPUT, "%s: %s offset %#x: %s %s", file, signature, at, field, problem);
    }
}
