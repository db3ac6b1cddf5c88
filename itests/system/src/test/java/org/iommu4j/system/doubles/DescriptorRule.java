package org.iommu4j.system.doubles;

import org.iommu4j.api.machine.PhysicalMemory;

/** What is done to a command before hardware sees it. */
interface DescriptorRule {
    /** @param words the lower two, to be changed in place */
    void edit(long[] words, PhysicalMemory memory);
}
