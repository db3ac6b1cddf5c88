package org.iommu4j.replay.plan;

/**
 * What a machine's address spaces must hold to play a trace. Ranges are pairs of first and last address, merged and
 * ascending; all addresses are unsigned.
 *
 * @param highestIova last byte of the highest mapped IOVA
 * @param highestMemory last byte of the highest physical address that is memory; 0 if there is none
 * @param memory the physical ranges that are memory
 * @param memoryPages 4 KiB frames in {@code memory}: each counts once, however often it was mapped
 * @param mmio the physical ranges mapped as device registers
 * @param mmioMaps how many maps were of device registers
 */
public record TraceAddresses(long highestIova, long highestMemory, long[] memory, long memoryPages,
        long[] mmio, int mmioMaps) {

    static final int PAGE_SHIFT = 12;

    static TraceAddresses of(EventColumns events) {
        PageRanges memory = new PageRanges();
        PageRanges mmio = new PageRanges();
        long highestIova = 0;
        int mmioMaps = 0;
        for (int row = 0; row < events.size(); row++) {
            if (events.kind(row) != EventColumns.MAP) {
                continue;
            }
            long end = events.length(row) - 1;
            long lastIova = events.iova(row) + end;
            highestIova = Long.compareUnsigned(lastIova, highestIova) > 0 ? lastIova : highestIova;
            boolean registers = (events.protection(row) & TraceProtection.MMIO) != 0;
            mmioMaps += registers ? 1 : 0;
            (registers ? mmio : memory).add(events.physical(row), events.physical(row) + end);
        }
        long[] pairs = memory.pairs();
        long pages = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            pages += (pairs[i + 1] - pairs[i] >>> PAGE_SHIFT) + 1;
        }
        long highest = pairs.length == 0 ? 0 : pairs[pairs.length - 1];
        return new TraceAddresses(highestIova, highest, pairs, pages, mmio.pairs(), mmioMaps);
    }
}
