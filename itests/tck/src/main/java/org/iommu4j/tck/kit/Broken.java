package org.iommu4j.tck.kit;

import java.util.Objects;

/** A law does not hold: what was looked at, what it should be, what it is. */
public final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String expected;
    private final String got;

    public Broken(String what, Object expected, Object got) {
        super(what);
        this.expected = text(expected);
        this.got = text(got);
    }

    /** @throws Broken unless the two are equal; whole numbers are shown in hexadecimal digits */
    public static void unlessEqual(String what, Object expected, Object got) {
        if (!Objects.equals(expected, got)) {
            throw new Broken(what, expected, got);
        }
    }

    /** @throws Broken unless it is true */
    public static void unless(boolean holds, String what, Object expected, Object got) {
        if (!holds) {
            throw new Broken(what, expected, got);
        }
    }

    public String expected() {
        return expected;
    }

    public String got() {
        return got;
    }

    private static String text(Object value) {
        if (value instanceof Integer number) {
            return String.format("%#x", number);
        }
        return value instanceof Long number ? String.format("%#x", number) : String.valueOf(value);
    }
}
