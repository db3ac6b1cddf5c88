package org.iommu4j.api;

/**
 * What a mapping allows: a set of bits in an {@code int}, so that hot paths carry it without an object. The values
 * are those of Linux's {@code IOMMU_READ} and so on, and stand as such in recorded traces.
 * <pre>
 *   5     4     3      2     1     0
 * +-----+-----+------+-----+-----+----+
 * |PRIV |MMIO |NOEXEC|CACHE|WRITE|READ|
 * +-----+-----+------+-----+-----+----+
 * </pre>
 */
public final class Protection {
    /** The device may read. */
    public static final int READ = 1;
    /** The device may write. */
    public static final int WRITE = 1 << 1;
    /** Accesses snoop CPU caches. */
    public static final int CACHE = 1 << 2;
    /** Requests for execution are refused, where the format can say so. */
    public static final int NOEXEC = 1 << 3;
    /** The target is a device register, not memory. */
    public static final int MMIO = 1 << 4;
    /** Only privileged requests are allowed, where the format can say so. */
    public static final int PRIV = 1 << 5;
    /** All bits that are defined. */
    public static final int ALL = READ | WRITE | CACHE | NOEXEC | MMIO | PRIV;

    private Protection() {
    }

    /** For example {@code "rw"}, {@code "r-"}; the other bits are not shown. */
    public static String text(int protection) {
        return ((protection & READ) != 0 ? "r" : "-") + ((protection & WRITE) != 0 ? "w" : "-");
    }
}
