package org.iommu4j.amdvi.fake;

import java.io.ByteArrayOutputStream;

/** IVRS tables made byte by byte (chapter 5). */
public final class MadeIvrs {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Two units, at feb80000h for buses 0 to 3fh and at fec80000h for those from 40h on. */
    public static byte[] twoUnits() {
        return new MadeIvrs()
                .ivhd(0x10, 0xb1, 0x0002, 0xfeb80000L, 0x03, 0x08, 0x00, 0, 0x04, 0xff, 0x3f, 0,
                        0x02, 0xa0, 0x00, 0xd7)
                .ivhd(0x10, 0x01, 0x4002, 0xfec80000L, 0x03, 0x00, 0x40, 0, 0x04, 0xff, 0xff, 0)
                .table();
    }

    /** An IVHD block with device entries as bytes; from type 11h on with 16 bytes more before them. */
    public MadeIvrs ivhd(int type, int flags, int id, long base, int... entries) {
        int header = type == 0x10 ? 24 : 40;
        put(type, flags);
        number(header + entries.length, 2);
        number(id, 2);
        number(0x40, 2);
        number(base, 8);
        number(0, header - 16);
        return put(entries);
    }

    /** An IVMD block. */
    public MadeIvrs ivmd(int type, int flags, int id, int lastId, long start, long length) {
        put(type, flags);
        number(32, 2);
        number(id, 2);
        number(lastId, 2);
        number(0, 8);
        number(start, 8);
        number(length, 8);
        return this;
    }

    public MadeIvrs put(int... more) {
        for (int each : more) {
            bytes.write(each);
        }
        return this;
    }

    private void number(long value, int count) {
        for (int i = 0; i < count; i++) {
            bytes.write(i < 8 ? (int) (value >>> 8 * i) : 0);
        }
    }

    /** The table, with header and checksum. */
    public byte[] table() {
        byte[] body = bytes.toByteArray();
        byte[] table = new byte[48 + body.length];
        System.arraycopy("IVRS".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, table, 0, 4);
        for (int i = 0; i < 4; i++) {
            table[4 + i] = (byte) (table.length >>> 8 * i);
        }
        table[8] = 2;
        System.arraycopy(body, 0, table, 48, body.length);
        byte sum = 0;
        for (byte each : table) {
            sum += each;
        }
        table[9] = (byte) -sum;
        return table;
    }
}
