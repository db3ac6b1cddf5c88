package org.iommu4j.shell.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How numbers are written for people. */
public final class Notation {
    private static final String[] BINARY = {"", "K", "M", "G", "T", "P", "E"};

    private Notation() {
    }

    /** {@code 0x} and hexadecimal digits, unsigned. */
    public static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    /** {@code 0x} and all 16 hexadecimal digits, as a table entry is read. */
    public static String entry(long value) {
        return String.format("0x%016x", value);
    }

    /** Page sizes of a bit set, smallest first, for example {@code 4K 2M}. */
    public static List<String> pageSizes(long sizes) {
        List<String> names = new ArrayList<>();
        for (int lg2 = 0; lg2 < Long.SIZE; lg2++) {
            if ((sizes >>> lg2 & 1) != 0) {
                names.add((1 << lg2 % 10) + BINARY[lg2 / 10]);
            }
        }
        return names;
    }

    /** A duration in the unit that suits it, for example {@code 12.3 ms}. */
    public static String duration(long nanos) {
        if (nanos < 1_000) {
            return nanos + " ns";
        }
        if (nanos < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f us", nanos / 1e3);
        }
        return nanos < 1_000_000_000 ? String.format(Locale.ROOT, "%.1f ms", nanos / 1e6)
                : String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    /** {@code 1 unit}, {@code 2 units}. */
    public static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
