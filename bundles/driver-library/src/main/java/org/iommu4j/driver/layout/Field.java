package org.iommu4j.driver.layout;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Some bits of one word. A field in a static final variable costs no more than a shift and a mask.
 *
 * @param name as the specification abbreviates it
 * @param word index of the 64-bit word
 * @param high its highest bit, 0 to 63
 * @param low its lowest bit, 0 to {@code high}
 * @param address true if the value is an address whose bits stand in place, so that it is not shifted
 */
public record Field(String name, int word, int high, int low, boolean address) {
    /** One bit. */
    public static Field bit(String name, int word, int bit) {
        return new Field(name, word, bit, bit, false);
    }

    /** A number. */
    public static Field bits(String name, int word, int high, int low) {
        return new Field(name, word, high, low, false);
    }

    /** An address, or the upper bits of one. */
    public static Field address(String name, int word, int high, int low) {
        return new Field(name, word, high, low, true);
    }

    /** The field's bits in its word. */
    public long mask() {
        return -1L >>> 63 - (high - low) << low;
    }

    /** The value that a word has in this field. */
    public long of(long wordValue) {
        return address ? wordValue & mask() : (wordValue & mask()) >>> low;
    }

    /** True if any bit of the field is set. */
    public boolean in(long wordValue) {
        return (wordValue & mask()) != 0;
    }

    /**
     * The word that has a value in this field and nothing else.
     *
     * @throws IommuException OVERFLOW if the value has other bits
     */
    public long with(long value) {
        long placed = address ? value : value << low;
        if ((placed & ~mask()) != 0 || of(placed) != value) {
            throw IommuException.of(Reason.OVERFLOW, "%s is bits %d to %d and cannot be %#x", name, high, low, value);
        }
        return placed;
    }

    /** {@code NAME=value}; addresses in hexadecimal. */
    public String text(long wordValue) {
        return address ? String.format("%s=%#x", name, of(wordValue)) : name + "=" + of(wordValue);
    }
}
