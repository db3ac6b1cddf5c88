package org.iommu4j.smmuv3.entries;

import java.util.Locale;

/**
 * What the entries of a stream say. Immutable.
 *
 * @param kind whether there is a page table, and of which stage
 * @param root physical address of the page table; 0 without one, as are the others
 * @param granuleLg2 log2 of its smallest page
 * @param inputBits width of an IOVA
 * @param outputBits width of a physical address
 * @param tag of cached translations: the ASID for stage 1, the VMID for stage 2
 * @param marksWrites true if hardware marks in the page table what it writes; stage 1 only
 */
public record Translation(Kind kind, long root, int granuleLg2, int inputBits, int outputBits, int tag,
        boolean marksWrites) {
    /** Whether there is a page table, and of which stage. */
    public enum Kind {
        /** Requests are aborted. */
        BLOCKED,
        /** Requests pass untranslated. */
        IDENTITY,
        /** Stage 1, for requests without a substream. */
        STAGE1,
        /** Stage 2. */
        STAGE2,
        /** Nothing that this driver writes. */
        FOREIGN
    }

    /** Nothing passes. */
    public static final Translation BLOCKED = new Translation(Kind.BLOCKED, 0, 0, 0, 0, 0, false);
    /** All passes. */
    public static final Translation IDENTITY = new Translation(Kind.IDENTITY, 0, 0, 0, 0, 0, false);
    /** Nothing that this driver writes. */
    static final Translation FOREIGN = new Translation(Kind.FOREIGN, 0, 0, 0, 0, 0, false);

    public boolean isBlocked() {
        return kind == Kind.BLOCKED;
    }

    /** True if there is a page table. */
    public boolean hasTable() {
        return kind == Kind.STAGE1 || kind == Kind.STAGE2;
    }

    @Override
    public String toString() {
        if (!hasTable()) {
            return kind.toString().toLowerCase(Locale.ROOT);
        }
        boolean first = kind == Kind.STAGE1;
        return String.format("stage %d root=%#x granule=2^%d %d to %d bits %s %d%s", first ? 1 : 2, root, granuleLg2,
                inputBits, outputBits, first ? "ASID" : "VMID", tag, marksWrites ? " marking writes" : "");
    }
}
