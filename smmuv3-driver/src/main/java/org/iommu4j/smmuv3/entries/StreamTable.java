package org.iommu4j.smmuv3.entries;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.memory.TableMemory;

/**
 * Where the STEs of a unit lie: in one table, or in tables of 256 that a table of level 1 leads to and that are made
 * when their first stream is needed. Every STE aborts until something else is written.
 *
 * @param base of the table, or of that of level 1
 * @param streamBits width of the StreamIDs that it covers
 * @param splitBits those that the lower level resolves, 0 for one table
 */
public record StreamTable(TableMemory memory, long base, int streamBits, int splitBits) {
    /** Log2 of the streams of a lower table. */
    public static final int SPLIT = 8;
    /** Log2 of an STE's size in bytes. */
    private static final int STE_LG2 = 6;
    private static final int LEVEL_1_LG2 = 3;
    private static final int FRAME_LG2 = 12;
    /** Log2 of the largest allocation. */
    private static final int MOST_LG2 = 24;
    /** Log2 of the most entries of level 1: as many as Linux has. */
    private static final int MOST_LEVEL_1_LG2 = 17;
    /** Width of the StreamIDs that the largest table covers. */
    public static final int MOST_STREAM_BITS = SPLIT + MOST_LEVEL_1_LG2;

    /**
     * A new table in which every stream aborts. It has two levels where the unit knows them, even if one lower table
     * holds all streams (section 6.3.25 allows that): only a lower table can be replaced while it is in use.
     *
     * @param streamBits width of a StreamID on the unit; a table of fewer is made if that would be too large
     * @param twoLevels true if the unit has tables of two levels
     * @throws IommuException NO_MEMORY
     */
    public static StreamTable create(TableMemory memory, int streamBits, boolean twoLevels) {
        int bits = Math.min(streamBits, twoLevels ? MOST_STREAM_BITS : MOST_LG2 - STE_LG2);
        int split = twoLevels ? SPLIT : 0;
        StreamTable table = new StreamTable(memory, memory.newTable(sizeLg2(bits, split)), bits, split);
        if (!twoLevels) {
            table.abortAll(table.base, 1 << bits);
        }
        return table;
    }

    private static int sizeLg2(int streamBits, int splitBits) {
        return Math.max(FRAME_LG2, splitBits == 0 ? streamBits + STE_LG2 : streamBits - splitBits + LEVEL_1_LG2);
    }

    /** How many streams it covers. */
    public int streams() {
        return 1 << streamBits;
    }

    boolean twoLevels() {
        return splitBits != 0;
    }

    /** Frees what {@link #create} made; nobody reads it any more. */
    public void free() {
        memory.free(base, sizeLg2(streamBits, splitBits));
    }

    /** True if the address can be that of such a table. */
    public boolean isInPool() {
        int sizeLg2 = sizeLg2(streamBits, splitBits);
        return (base & (1L << sizeLg2) - 1) == 0 && memory.isFrame(base)
                && memory.isFrame(base + (1L << sizeLg2) - (1L << FRAME_LG2));
    }

    /** Where a stream's STE lies; 0 if there is none, so that the stream aborts. */
    long entry(int stream) {
        long lower = lower(stream);
        return lower == 0 ? 0 : lower + ((long) (twoLevels() ? stream & (1 << splitBits) - 1 : stream) << STE_LG2);
    }

    /** Makes the table that a stream's STE lies in. @return false if it was there @throws IommuException NO_MEMORY */
    boolean reach(int stream) {
        if (lower(stream) != 0) {
            return false;
        }
        long lower = memory.newTable(splitBits + STE_LG2);
        abortAll(lower, 1 << splitBits);
        memory.publish(upper(stream), StreamTableEntry.of(lower, splitBits));
        return true;
    }

    /** A copy of the lower table of a stream, which hardware does not know. @throws IommuException NO_MEMORY */
    long copyLower(int stream) {
        return memory.copyOf(lower(stream), splitBits + STE_LG2);
    }

    /** Leads to another lower table from now on. @return the former */
    long swing(int stream, long lower) {
        long former = lower(stream);
        memory.publish(upper(stream), StreamTableEntry.of(lower, splitBits));
        return former;
    }

    void freeLower(long lower) {
        memory.free(lower, splitBits + STE_LG2);
    }

    /** The address of a stream's STE within a lower table. */
    long entryIn(long lower, int stream) {
        return lower + ((long) (stream & (1 << splitBits) - 1) << STE_LG2);
    }

    /** Visits the streams that have an STE. */
    void forEach(IntConsumer visitor) {
        int step = twoLevels() ? 1 << splitBits : streams();
        for (int first = 0; first < streams(); first += step) {
            if (lower(first) != 0) {
                for (int stream = first; stream < first + step; stream++) {
                    visitor.accept(stream);
                }
            }
        }
    }

    /** The lower tables. */
    List<Long> lowerTables() {
        List<Long> tables = new ArrayList<>();
        for (int first = 0; twoLevels() && first < streams(); first += 1 << splitBits) {
            if (lower(first) != 0) {
                tables.add(lower(first));
            }
        }
        return tables;
    }

    /** Every stream aborts once caches are invalidated, or faults because it has no STE. */
    void unlink() {
        if (twoLevels()) {
            for (int first = 0; first < streams(); first += 1 << splitBits) {
                memory.publish(upper(first), 0);
            }
        } else {
            abortAll(base, streams());
        }
    }

    void walk(int stream, List<WalkStep> steps) {
        if (twoLevels()) {
            steps.add(memory.step(StreamTableEntry.LAYOUT, StreamTableEntry.LAYOUT.name(), upper(stream)));
        }
        long entry = entry(stream);
        if (entry != 0) {
            steps.add(memory.step(StreamEntry.LAYOUT, StreamEntry.LAYOUT.name(), entry));
        }
    }

    private void abortAll(long table, int entries) {
        for (int i = 0; i < entries; i++) {
            memory.publish(table + ((long) i << STE_LG2), StreamEntry.aborting());
        }
    }

    private long upper(int stream) {
        return base + ((long) (stream >>> splitBits) << LEVEL_1_LG2);
    }

    private long lower(int stream) {
        if (!twoLevels()) {
            return base;
        }
        long word = memory.load(upper(stream));
        long lower = memory.table(upper(stream), StreamTableEntry.SPAN, StreamTableEntry.L2PTR);
        if (lower != 0 && word != StreamTableEntry.of(lower, splitBits)) {
            throw IommuException.of(Reason.BAD_INPUT, "the level 1 stream table entry at %#x is %#x; tables of 2^%d "
                    + "streams are expected", upper(stream), word, splitBits);
        }
        return lower;
    }
}
