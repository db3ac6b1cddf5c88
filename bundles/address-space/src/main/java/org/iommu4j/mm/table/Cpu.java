package org.iommu4j.mm.table;

import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.sva.CpuPageTable;
import org.iommu4j.mm.page.PageStore;
import org.iommu4j.pagetable.Format;
import org.iommu4j.pagetable.arm.ArmStage1;
import org.iommu4j.pagetable.x86.X86Paging;

/**
 * The kind of processors of a machine.
 *
 * @param kind as units know it
 * @param format as the page-table library knows it
 */
public record Cpu(CpuPageTable.Format kind, Format format) {
    private static final int ARM_ADDRESS_BITS = 48;
    private static final int LEAST_OUTPUT_BITS = 32;

    /**
     * @param processor value of {@link MachineMemory#PROCESSOR}
     * @param levels 4 or 5; counts on x86 only
     * @param ram the machine's
     * @throws IommuException NOT_SUPPORTED (another processor), INCOMPATIBLE (levels)
     */
    public static Cpu of(String processor, int levels, List<MemoryRange> ram) {
        int outputBits = Math.max(LEAST_OUTPUT_BITS,
                Long.SIZE - Long.numberOfLeadingZeros(ram.get(ram.size() - 1).last()));
        return switch (processor) {
            case MachineMemory.X86_64 -> new Cpu(CpuPageTable.Format.X86,
                    new X86Paging(levels, PageStore.PAGE, outputBits, true));
            case MachineMemory.AARCH64 -> new Cpu(CpuPageTable.Format.AARCH64,
                    new ArmStage1(PageStore.PAGE_LG2, ARM_ADDRESS_BITS, outputBits, true));
            default -> throw IommuException.of(Reason.NOT_SUPPORTED, "processor '%s': there are %s and %s", processor,
                    MachineMemory.X86_64, MachineMemory.AARCH64);
        };
    }
}
