package org.iommu4j.replay.plan;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What is mapped in one domain: the maps that no unmap has covered, by IOVA (unsigned). Not thread-safe.
 */
public final class LiveSet {

    /**
     * One mapping as it was made.
     *
     * @param iova first byte
     * @param length bytes, above 0; the range does not wrap
     * @param line the trace line that made it
     */
    public record Mapping(long iova, long length, int line) {

        /** The last byte's IOVA. */
        public long last() {
            return iova + length - 1;
        }

        private boolean sharesByteWith(long first, long last) {
            return Long.compareUnsigned(iova, last) <= 0 && Long.compareUnsigned(first, last()) <= 0;
        }
    }

    private final TreeMap<Long, Mapping> mappings = new TreeMap<>(Long::compareUnsigned);
    private long bytes;

    /** Mappings alive. */
    public int size() {
        return mappings.size();
    }

    /** Bytes mapped. */
    public long bytes() {
        return bytes;
    }

    /** A mapping that shares a byte with the range, or null. */
    public Mapping overlapping(long iova, long length) {
        Map.Entry<Long, Mapping> at = mappings.floorEntry(iova + length - 1);
        return at != null && at.getValue().sharesByteWith(iova, iova + length - 1) ? at.getValue() : null;
    }

    /** Adds a mapping; the range must be free. */
    public void add(long iova, long length, int line) {
        Mapping there = overlapping(iova, length);
        if (there != null) {
            throw new IllegalArgumentException("IOVA 0x" + Long.toHexString(iova) + " is mapped: " + there);
        }
        mappings.put(iova, new Mapping(iova, length, line));
        bytes += length;
    }

    /** The mapping that the range would split: one that lies partly inside and partly outside; else null. */
    public Mapping split(long iova, long length) {
        long last = iova + length - 1;
        Map.Entry<Long, Mapping> first = mappings.floorEntry(iova);
        if (first != null && first.getValue().sharesByteWith(iova, last) && !inside(first.getValue(), iova, last)) {
            return first.getValue();
        }
        Map.Entry<Long, Mapping> end = mappings.floorEntry(last);
        if (end != null && end.getValue().sharesByteWith(iova, last) && !inside(end.getValue(), iova, last)) {
            return end.getValue();
        }
        return null;
    }

    private static boolean inside(Mapping mapping, long first, long last) {
        return Long.compareUnsigned(mapping.iova, first) >= 0 && Long.compareUnsigned(mapping.last(), last) <= 0;
    }

    /** Whether whole mappings without a hole between them fill exactly this range. */
    public boolean filledExactly(long iova, long length) {
        long next = iova;
        long last = iova + length - 1;
        while (true) {
            Mapping mapping = mappings.get(next);
            if (mapping == null || !inside(mapping, iova, last)) {
                return false;
            }
            if (mapping.last() == last) {
                return true;
            }
            next = mapping.last() + 1;
        }
    }

    /**
     * Removes all mappings inside the range, in ascending order. The range must split none.
     *
     * @param removed told of each mapping
     */
    public void remove(long iova, long length, Consumer<Mapping> removed) {
        long last = iova + length - 1;
        Map.Entry<Long, Mapping> next = mappings.ceilingEntry(iova);
        while (next != null && Long.compareUnsigned(next.getKey(), last) <= 0) {
            Mapping mapping = next.getValue();
            mappings.remove(next.getKey());
            bytes -= mapping.length;
            removed.accept(mapping);
            next = mappings.higherEntry(next.getKey());
        }
    }
}
