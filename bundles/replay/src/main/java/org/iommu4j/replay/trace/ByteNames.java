package org.iommu4j.replay.trace;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Gives each distinct byte sequence one number, 0 upwards, and one {@link String}: names in a trace repeat a hundred
 * thousand times and must not become a new string each time. One thread.
 */
final class ByteNames {

    /** Beyond this many names the input is no trace; the rest share one number. */
    private static final int MOST = 4096;
    private static final String REST = "(other)";

    private byte[][] keys = new byte[64][];
    private String[] strings = new String[64];
    private int[] slots = new int[256];
    private int size;

    /** The number of the name in {@code bytes[from..to)}, given now if it is new. */
    int number(byte[] bytes, int from, int to) {
        int slot = hash(bytes, from, to) & slots.length - 1;
        while (slots[slot] != 0) {
            byte[] key = keys[slots[slot] - 1];
            if (Arrays.equals(key, 0, key.length, bytes, from, to)) {
                return slots[slot] - 1;
            }
            slot = slot + 1 & slots.length - 1;
        }
        if (size < MOST) {
            return add(Arrays.copyOfRange(bytes, from, to));
        }
        byte[] rest = REST.getBytes(StandardCharsets.US_ASCII);
        return size == MOST ? add(rest) : MOST;
    }

    /** The number of a name given as a string. */
    int number(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return number(bytes, 0, bytes.length);
    }

    /** The name of a number; the same object each time. */
    String name(int number) {
        return strings[number];
    }

    /** The name in {@code bytes[from..to)} as one shared string. */
    String string(byte[] bytes, int from, int to) {
        return strings[number(bytes, from, to)];
    }

    int size() {
        return size;
    }

    private int add(byte[] key) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
            strings = Arrays.copyOf(strings, size * 2);
        }
        keys[size] = key;
        strings[size] = new String(key, StandardCharsets.UTF_8);
        size++;
        if (size * 2 > slots.length) {
            slots = new int[slots.length * 2];
            for (int number = 0; number < size; number++) {
                place(number);
            }
        } else {
            place(size - 1);
        }
        return size - 1;
    }

    private void place(int number) {
        byte[] key = keys[number];
        int slot = hash(key, 0, key.length) & slots.length - 1;
        while (slots[slot] != 0) {
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = number + 1;
    }

    private static int hash(byte[] bytes, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + bytes[i];
        }
        return hash ^ hash >>> 15;
    }
}
