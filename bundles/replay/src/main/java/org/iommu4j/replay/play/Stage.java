package org.iommu4j.replay.play;

import java.util.Map;
import java.util.function.Supplier;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * The machine that a trace is played on: its services, and what the report wants to read.
 *
 * @param counters the machine's counters at this moment
 * @param faults faults that the units reported since power on
 */
public record Stage(IommuOps iommu, DomainOps domains, DmaOps dma, PhysicalMemory memory,
        Supplier<Map<String, Long>> counters, Supplier<Long> faults) {
}
