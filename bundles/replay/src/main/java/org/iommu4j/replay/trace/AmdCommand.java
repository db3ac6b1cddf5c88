package org.iommu4j.replay.trace;

/** Names of AMD IOMMU commands by opcode (AMD I/O Virtualization Technology specification 48882, section 2.4). */
final class AmdCommand {

    private static final String[] NAMES = {
        null,
        "COMPLETION_WAIT",
        "INVALIDATE_DEVTAB_ENTRY",
        "INVALIDATE_IOMMU_PAGES",
        "INVALIDATE_IOTLB_PAGES",
        "INVALIDATE_INTERRUPT_TABLE",
        "PREFETCH_IOMMU_PAGES",
        "COMPLETE_PPR_REQUEST",
        "INVALIDATE_IOMMU_ALL",
    };
    /** The opcode is bits 63:60 of the command, so bits 31:28 of its second 32-bit word. */
    private static final int OPCODE_SHIFT = 28;

    private AmdCommand() {
    }

    static String name(long word1) {
        int opcode = (int) (word1 >>> OPCODE_SHIFT & 0xF);
        return opcode > 0 && opcode < NAMES.length ? NAMES[opcode] : "opcode " + opcode;
    }
}
