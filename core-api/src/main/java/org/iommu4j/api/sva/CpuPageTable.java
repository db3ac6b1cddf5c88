package org.iommu4j.api.sva;

import java.util.Objects;

/**
 * The page table of a process, in all that a unit must know to walk it, and to say that it cannot. Its entries are
 * written by software and by whoever walks it: accessed and dirty bits may be set by hardware at any moment, and each
 * entry is changed by compare-and-set only. A unit that sets no such bits asks by a page fault instead.
 *
 * @param root physical address of the top table
 * @param levels of tables, the root's included
 * @param inputBits width of an address of the process; higher bits are 0
 * @param outputBits width of a physical address
 * @param pageSizes bit n set: pages of 2^n bytes occur; the lowest one is the granule
 */
public record CpuPageTable(Format format, long root, int levels, int inputBits, int outputBits, long pageSizes) {
    /** Whose tables these are. */
    public enum Format {
        /** 4 or 5 levels, lower half: Intel SDM volume 3, section 4.5; AMD64 APM volume 2, section 5.3. */
        X86,
        /**
         * VMSAv8-64 stage 1 of EL0 and EL1, the lower range (TTBR0): Arm ARM, section D8.3. Leaves say how memory is
         * cached by their index in MAIR 0xFFFFFFFFF404FF44.
         */
        AARCH64
    }

    public CpuPageTable {
        Objects.requireNonNull(format);
    }

    /** Log2 of the smallest page. */
    public int granuleLg2() {
        return Long.numberOfTrailingZeros(pageSizes);
    }

    /** The highest address of the process, inclusive. */
    public long lastAddress() {
        return (1L << inputBits) - 1;
    }
}
