package org.iommu4j.smmuv3.firmware;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes IORT tables byte by byte, as Arm DEN0049 lays them out. */
public final class MadeIort {
    private final List<byte[]> nodes = new ArrayList<>();
    private int next = 48;

    /** GSIVs of the event queue, of PRI, of the errors and of the sync. */
    private static final int[] WIRES = {74, 75, 77, 76};

    /** ITS group at 48, SMMUv3 at 72, root complex with segment 0: RIDs 0 to 0xffff are streams 0x100 on; RMR. */
    public static byte[] typical() {
        MadeIort made = new MadeIort();
        int its = made.its();
        int smmu = made.smmu(0x09050000L, its);
        made.rootComplex(0, mapping(0, 0x7fff, 0x100, smmu, 0));
        made.reservedMemory(0, 0x80000000L, 0x2000, mapping(0, 0, 0x110, smmu, 1));
        return made.table();
    }

    int its() {
        return add(0, words(1, 0), new byte[0]);
    }

    /** @param its target of its device ids */
    int smmu(long base, int its) {
        return add(4, concat(words((int) base, (int) (base >>> 32)), words(0, 0, 0, 0, 0), words(WIRES), words(0, 0)),
                mapping(0, 0xffff, 0, its, 0));
    }

    int rootComplex(int segment, byte[]... mappings) {
        return add(2, words(0, 0, 0, segment, 0), mappings);
    }

    int namedComponent(byte[]... mappings) {
        return add(1, concat(words(0, 0, 0, 64), "\\DEV\0\0\0".getBytes(StandardCharsets.US_ASCII)), mappings);
    }

    int reservedMemory(int flags, long base, long length, byte[]... mappings) {
        byte[] memory = words((int) base, (int) (base >>> 32), (int) length, (int) (length >>> 32), 0);
        return add(6, concat(words(flags, 1, 28), memory), mappings);
    }

    int unknown(int type) {
        return add(type, new byte[0], new byte[0]);
    }

    /** @param count less one */
    static byte[] mapping(int input, int count, int output, int target, int flags) {
        return words(input, count, output, target, flags);
    }

    private int add(int type, byte[] body, byte[]... mappings) {
        byte[] ids = concat(mappings);
        ByteBuffer node = buffer(16 + body.length + ids.length);
        node.put((byte) type).putShort((short) node.capacity()).put((byte) 3).putInt(nodes.size());
        node.putInt(ids.length / 20).putInt(16 + body.length).put(body).put(ids);
        nodes.add(node.array());
        int offset = next;
        next += node.capacity();
        return offset;
    }

    byte[] table() {
        ByteBuffer table = buffer(next);
        table.put("IORT".getBytes(StandardCharsets.US_ASCII)).putInt(next).put((byte) 5);
        table.putInt(36, nodes.size()).putInt(40, 48).position(48);
        nodes.forEach(table::put);
        seal(table.array());
        return table.array();
    }

    /** Makes the bytes add up to 0. */
    static void seal(byte[] table) {
        table[9] = 0;
        int sum = 0;
        for (byte each : table) {
            sum += each;
        }
        table[9] = (byte) -sum;
    }

    private static byte[] words(int... words) {
        ByteBuffer bytes = buffer(words.length * 4);
        for (int word : words) {
            bytes.putInt(word);
        }
        return bytes.array();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
