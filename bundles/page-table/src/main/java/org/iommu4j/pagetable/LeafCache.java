package org.iommu4j.pagetable;

/**
 * Which tables of level 0 a thread used last, so that its next single page skips the levels above. Lives in the first
 * words of the cursor of a thread's {@link org.iommu4j.api.driver.Gather}; the others are free for the driver.
 * <pre>
 *   word of a line   0            1                  2             3
 *                    generation   region of IOVAs    the table     unused
 * </pre>
 * A line holds while its generation is the tree's: tables are freed only after an unmap that covers them began a new
 * one, and the owner of a region's IOVAs saw that before it uses them again.
 */
final class LeafCache {
    /** Words of the cursor that are in use. */
    static final int WORDS = 32;

    private static final int LINE_LG2 = 2;

    private LeafCache() {
    }

    /** The table of a region, or {@link TableTree#ABSENT} if this thread does not know it. */
    static int get(long[] cursor, long generation, long region) {
        int line = line(generation, region);
        return cursor[line] == generation && cursor[line + 1] == region ? (int) cursor[line + 2] : TableTree.ABSENT;
    }

    /** @param generation read before the walk that found the table */
    static void put(long[] cursor, long generation, long region, int table) {
        int line = line(generation, region);
        cursor[line] = generation;
        cursor[line + 1] = region;
        cursor[line + 2] = table;
    }

    /** Neighbouring regions, and the same region of neighbouring domains, have different lines. */
    private static int line(long generation, long region) {
        return (int) (generation + region) << LINE_LG2 & WORDS - 1;
    }
}
