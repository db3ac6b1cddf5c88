package org.iommu4j.hwsim.machine;

import org.iommu4j.api.machine.PhysicalMemory;

/**
 * What the board gives an IOMMU model.
 *
 * @param memory all of the machine's RAM; tables and queues lie in it
 * @param flushed the same RAM for accesses that do not snoop the processors' caches
 * @param physicalAddressBits width of a physical address, 32 to 52
 * @param seed of every random choice of the machine, so that a run can be repeated
 * @param messages where the model writes its interrupt messages
 */
public record Board(PhysicalMemory memory, FlushedView flushed, int physicalAddressBits, long seed,
                    MessageSink messages) {
}
