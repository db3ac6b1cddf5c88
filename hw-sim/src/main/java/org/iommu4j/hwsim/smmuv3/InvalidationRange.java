package org.iommu4j.hwsim.smmuv3;

/**
 * The addresses, page sizes and table sizes that a TLB invalidation by address names. Arm IHI 0070, 4.4.1.1. With a
 * granule (TG) it is a range, and only what was found through tables of that granule is removed; with a level (TTL)
 * too, only pages of that level, and table descriptors above it. Without granule it is one address.
 *
 * <p>An address that is not aligned to the page of its level names nothing: the specification leaves that range open.
 */
final class InvalidationRange {
    private static final int SMALLEST_LG2 = 12;
    private static final int LAST_LEVEL = 3;
    private static final int ALL = -1;

    long first;
    long last;
    private int pages;
    private int tables;

    /** One address, of any page, as it is without range invalidation (IDR3.RIL) or without granule. */
    void address(long address, boolean leaf) {
        first = address;
        last = address | (1L << SMALLEST_LG2) - 1;
        pages = ALL;
        tables = leaf ? 0 : ALL;
    }

    /**
     * A range.
     *
     * @param tg 1, 2, 3: 4, 16, 64 KiB
     * @param ttl 0 for any level, else 1 to 3
     * @param number so many granules less one, times two to the power of {@code scale}
     * @return false if the combination is reserved: CERROR_ILL
     */
    boolean range(long address, int tg, int ttl, int number, int scale, boolean leaf) {
        int granule = SMALLEST_LG2 + 2 * (tg - 1);
        int level = tg == 2 && ttl == 1 ? 0 : ttl;
        if (level == 0 && number == 0 && scale == 0) {
            return false;
        }
        first = address;
        last = address + ((number + 1L << scale) << granule) - 1;
        if (address < 0 && last >= 0) {
            last = -1;
        }
        boolean aligned = (address & (1L << Stage.shift(granule, level == 0 ? LAST_LEVEL : level)) - 1) == 0;
        pages = 0;
        tables = 0;
        for (int each = 1; each <= LAST_LEVEL && aligned; each++) {
            if ((level == 0 || each == level) && (each > 1 || granule == SMALLEST_LG2)) {
                pages |= 1 << Translation.size(Stage.shift(granule, each));
            }
            if (!leaf && (level == 0 || each <= level) && (each > 1 || granule != 16)) {
                tables |= 1 << Translations.tableSize(Stage.shift(granule, each - 1));
            }
        }
        return true;
    }

    /** @param size index into {@link Translation#SIZES} */
    boolean removes(int size) {
        return (pages & 1 << size) != 0;
    }

    /** @param size index into {@link Translations#TABLE_SIZES} */
    boolean removesTables(int size) {
        return (tables & 1 << size) != 0;
    }
}
