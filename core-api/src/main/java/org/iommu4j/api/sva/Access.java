package org.iommu4j.api.sva;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/** What an access does, and what an area of a process allows: bits that are added. */
public final class Access {
    public static final int READ = 1;
    public static final int WRITE = 1 << 1;
    public static final int EXECUTE = 1 << 2;
    /** All bits that are defined. */
    public static final int ALL = READ | WRITE | EXECUTE;

    private Access() {
    }

    /** For example {@code "rw-"}. */
    public static String text(int access) {
        return ((access & READ) != 0 ? "r" : "-") + ((access & WRITE) != 0 ? "w" : "-")
                + ((access & EXECUTE) != 0 ? "x" : "-");
    }

    /**
     * The bits of a text such as {@code "rw"}, {@code "r-x"}, {@code "---"}.
     *
     * @throws IommuException BAD_INPUT if it has other letters than r, w, x and -
     */
    public static int parse(String text) {
        int access = 0;
        for (int i = 0; i < text.length(); i++) {
            access |= switch (text.charAt(i)) {
                case 'r' -> READ;
                case 'w' -> WRITE;
                case 'x' -> EXECUTE;
                case '-' -> 0;
                default -> throw IommuException.of(Reason.BAD_INPUT, "access '%s': it is made of r, w, x and -", text);
            };
        }
        return access;
    }
}
