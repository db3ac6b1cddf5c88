package org.iommu4j.replay.trace;

import java.nio.charset.StandardCharsets;

/**
 * The {@code key=value} text after an event's name, read in place without allocation. {@link #seek} stands on a
 * value, the readers take it and step behind it. One thread.
 */
final class Payload {

    private byte[] bytes;
    private int from;
    private int to;
    private int at;
    private boolean sound;

    /** Stands at the beginning of {@code bytes[from..to)}. */
    void over(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.at = from;
        this.sound = true;
    }

    /** Whether every value asked for so far was there and in range. */
    boolean sound() {
        return sound;
    }

    /** Stands behind {@code key} (with its {@code =}), which follows a blank or begins the text. */
    boolean seek(byte[] key) {
        for (int i = from; i <= to - key.length; i++) {
            if (bytes[i] == key[0] && (i == from || bytes[i - 1] == ' ') && matches(key, i)) {
                at = i + key.length;
                return true;
            }
        }
        return false;
    }

    private boolean matches(byte[] key, int place) {
        for (int i = 1; i < key.length; i++) {
            if (bytes[place + i] != key[i]) {
                return false;
            }
        }
        return true;
    }

    /** As {@link #seek}; the text is unsound if the key is absent. */
    void need(byte[] key) {
        if (!seek(key)) {
            sound = false;
            at = to;
        }
    }

    /** Whether the text goes on with {@code expected}; steps behind it if so. */
    boolean take(char expected) {
        if (at < to && bytes[at] == expected) {
            at++;
            return true;
        }
        return false;
    }

    /** A number: hexadecimal behind {@code 0x}, else decimal. */
    long number() {
        return hexPrefix() ? hex() : decimal();
    }

    /** An unsigned 64-bit hexadecimal number, with or without {@code 0x}. */
    long hex() {
        hexPrefix();
        int first = at;
        long value = 0;
        for (; at < to; at++) {
            int digit = Character.digit(bytes[at], 16);
            if (digit < 0) {
                break;
            }
            if (value >>> 60 != 0) {
                sound = false;
            }
            value = value << 4 | digit;
        }
        sound &= at > first;
        return value;
    }

    /** A decimal number from 0 to 2^63 - 1. */
    long decimal() {
        int first = at;
        long value = 0;
        for (; at < to && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            int digit = bytes[at] - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                sound = false;
            }
            value = value * 10 + digit;
        }
        sound &= at > first;
        return value;
    }

    private boolean hexPrefix() {
        boolean prefixed = at + 1 < to && bytes[at] == '0' && (bytes[at + 1] | 0x20) == 'x';
        if (prefixed) {
            at += 2;
        }
        return prefixed;
    }

    /** The blank-delimited word here, as one shared string; steps behind it. */
    String word(ByteNames names) {
        int first = at;
        while (at < to && bytes[at] != ' ') {
            at++;
        }
        sound &= at > first;
        return names.string(bytes, first, at);
    }

    /** First byte of the value here; 0 at the end. */
    int peek() {
        return at < to ? bytes[at] : 0;
    }

    /** Everything from here to the end. */
    String rest() {
        return new String(bytes, at, to - at, StandardCharsets.UTF_8);
    }
}
