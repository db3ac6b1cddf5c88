package org.iommu4j.api.dma;

import java.util.Arrays;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Pieces of memory that one transfer reads or writes in order, and after {@link DmaOps#map(org.iommu4j.api.Device,
 * ScatterList, DmaDirection)} the fewer segments that the device is told. Used again and again by one thread at a time,
 * so that nothing is allocated once it has grown.
 */
public final class ScatterList {
    private static final int AT_FIRST = 16;

    private long[] pas = new long[AT_FIRST];
    private long[] lengths = new long[AT_FIRST];
    private int entries;
    private long[] iovas = new long[AT_FIRST];
    private long[] segmentLengths = new long[AT_FIRST];
    private int segments;

    /**
     * Adds a piece of memory.
     *
     * @param pa any alignment
     * @param length in bytes, above 0
     * @throws IommuException {@link Reason#BUSY} while the list is mapped, {@link Reason#INCOMPATIBLE}
     */
    public ScatterList add(long pa, long length) {
        if (isMapped()) {
            throw IommuException.of(Reason.BUSY, "scatter list of %d entries is mapped: unmap it first", entries);
        }
        if (length <= 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "scatter list entry %d at %#x: a length of %d bytes is not "
                    + "above 0", entries, pa, length);
        }
        if (entries == pas.length) {
            pas = Arrays.copyOf(pas, entries * 2);
            lengths = Arrays.copyOf(lengths, entries * 2);
        }
        pas[entries] = pa;
        lengths[entries++] = length;
        return this;
    }

    /** Forgets all pieces. @throws IommuException {@link Reason#BUSY} while the list is mapped */
    public ScatterList clear() {
        if (isMapped()) {
            throw IommuException.of(Reason.BUSY, "scatter list of %d entries is mapped: unmap it first", entries);
        }
        entries = 0;
        return this;
    }

    /** How many pieces were added. */
    public int entries() {
        return entries;
    }

    /** Physical address of a piece. @param entry 0 to {@link #entries} - 1 */
    public long pa(int entry) {
        return pas[entry];
    }

    /** Length of a piece in bytes. @param entry 0 to {@link #entries} - 1 */
    public long length(int entry) {
        return lengths[entry];
    }

    public boolean isMapped() {
        return segments != 0;
    }

    /** How many pairs of address and length the device is told; 0 unless the list is mapped. */
    public int segments() {
        return segments;
    }

    /** What the device is told of a segment. @param segment 0 to {@link #segments} - 1 */
    public long iova(int segment) {
        return iovas[segment];
    }

    /** Length of a segment in bytes. @param segment 0 to {@link #segments} - 1 */
    public long segmentLength(int segment) {
        return segmentLengths[segment];
    }

    /** For the provider: adds a segment while it maps the list. */
    public void addSegment(long iova, long length) {
        if (segments == iovas.length) {
            iovas = Arrays.copyOf(iovas, segments * 2);
            segmentLengths = Arrays.copyOf(segmentLengths, segments * 2);
        }
        iovas[segments] = iova;
        segmentLengths[segments++] = length;
    }

    /** For the provider: lengthens the newest segment. */
    public void growSegment(long length) {
        segmentLengths[segments - 1] += length;
    }

    /** For the provider: the list is not mapped any more. */
    public void clearSegments() {
        segments = 0;
    }
}
