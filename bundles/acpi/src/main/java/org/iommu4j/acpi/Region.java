package org.iommu4j.acpi;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Consecutive bytes of a table, little endian. Offsets are relative to the region; errors give those of the table.
 * Every access is checked against the region's end. Immutable, as long as nobody changes the array.
 */
public final class Region {
    private final String table;
    private final byte[] bytes;
    private final int start;
    private final int length;

    /** All of a table's bytes. */
    public Region(String table, byte[] bytes) {
        this(table, bytes, 0, bytes.length);
    }

    private Region(String table, byte[] bytes, int start, int length) {
        this.table = table;
        this.bytes = bytes;
        this.start = start;
        this.length = length;
    }

    /** In bytes. */
    public int length() {
        return length;
    }

    /** Offset of the region's first byte in the table. */
    public int start() {
        return start;
    }

    public int u8(int offset, String field) {
        return (int) number(offset, 1, field);
    }

    public int u16(int offset, String field) {
        return (int) number(offset, Short.BYTES, field);
    }

    public long u32(int offset, String field) {
        return number(offset, Integer.BYTES, field);
    }

    public long u64(int offset, String field) {
        return number(offset, Long.BYTES, field);
    }

    public byte[] bytes(int offset, int count, String field) {
        check(offset, count, field);
        return Arrays.copyOfRange(bytes, start + offset, start + offset + count);
    }

    /** A part of this region. */
    public Region slice(int offset, int count, String field) {
        check(offset, count, field);
        return new Region(table, bytes, start + offset, count);
    }

    /**
     * Visits the sub-tables that lie one after the other from an offset to the region's end.
     *
     * @param from offset of the first one
     * @param lengthOffset where in a sub-table its own length stands; the length covers all of the sub-table
     * @param lengthBytes width of that field, 1 or 2
     * @param field what a sub-table is called in errors
     * @throws IommuException BAD_INPUT if a length is shorter than the sub-table's header or overruns the region;
     * sub-tables before it have been visited
     */
    public void walk(int from, int lengthOffset, int lengthBytes, String field, Consumer<Region> visitor) {
        int header = lengthOffset + lengthBytes;
        walk(from, field, rest -> {
            int count = (int) rest.number(lengthOffset, lengthBytes, field + " length");
            if (count < header) {
                throw rest.bad(lengthOffset, field + " length",
                        "is " + count + ", shorter than the " + header + " bytes of its header");
            }
            return count;
        }, visitor);
    }

    /**
     * Visits sub-tables whose length follows from what they are, such as the device entries of an IVHD.
     *
     * @param from offset of the first one
     * @param field what a sub-table is called in errors
     * @param size in bytes, 1 or more, of the sub-table that a region begins with
     * @throws IommuException BAD_INPUT if a size is below 1 or overruns the region; sub-tables before it have been
     * visited
     */
    public void walk(int from, String field, ToIntFunction<Region> size, Consumer<Region> visitor) {
        int count;
        for (int offset = from; offset < length; offset += count) {
            count = size.applyAsInt(slice(offset, length - offset, field));
            if (count < 1) {
                throw bad(offset, field, "has " + count + " bytes");
            }
            visitor.accept(slice(offset, count, field));
        }
    }

    /** The error of a field that has an impossible value. */
    public IommuException bad(int offset, String field, String problem) {
        return IommuException.of(Reason.BAD_INPUT, "%s offset %#x: %s %s", table, start + offset, field, problem);
    }

    private long number(int offset, int count, String field) {
        check(offset, count, field);
        long value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = value << Byte.SIZE | Byte.toUnsignedLong(bytes[start + offset + i]);
        }
        return value;
    }

    private void check(int offset, int count, String field) {
        if (offset < 0 || count < 0 || count > length - offset) {
            throw bad(offset, field, String.format("has %d bytes, but its structure ends at offset %#x", count,
                    start + length));
        }
    }
}
