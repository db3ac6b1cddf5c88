package org.iommu4j.replay.plan;

import java.util.SortedMap;

/**
 * What a trace leaves mapped at its end.
 *
 * @param mappings maps that no unmap covered
 * @param bytes bytes mapped
 * @param pagesByDevice 4 KiB pages by device, without those that have none; {@code domain:0x...} where only the
 *        pointer is known, {@code unnamed} for the one device that the rest belongs to
 * @param peakPages the most 4 KiB pages ever mapped at once
 */
public record LiveSummary(int mappings, long bytes, SortedMap<String, Long> pagesByDevice, long peakPages) {

    /** 4 KiB pages mapped. */
    public long pages() {
        return bytes >>> TraceAddresses.PAGE_SHIFT;
    }
}
