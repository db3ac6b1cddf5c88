package org.iommu4j.replay.trace;

import java.util.Map;

/** Names of SMMUv3 commands by opcode, bits 7:0 of the command (Arm IHI 0070, 4.1.2), without their {@code CMD_}. */
final class SmmuCommand {
    /** Of a list's third command and those that follow, which a trace does not show. */
    static final String NOT_SHOWN = "not shown";
    /** What a list ends with, if somebody waits for it. */
    static final String SYNC = "SYNC";
    /** Linux never gathers more: its lists are of 64 commands. */
    static final int MOST_IN_A_LIST = 64;

    private static final int OPCODE = 0xFF;
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0x01, "PREFETCH_CONFIG"), Map.entry(0x02, "PREFETCH_ADDR"),
            Map.entry(0x03, "CFGI_STE"), Map.entry(0x04, "CFGI_STE_RANGE"), Map.entry(0x05, "CFGI_CD"),
            Map.entry(0x06, "CFGI_CD_ALL"), Map.entry(0x07, "CFGI_VMS_PIDM"),
            Map.entry(0x10, "TLBI_NH_ALL"), Map.entry(0x11, "TLBI_NH_ASID"), Map.entry(0x12, "TLBI_NH_VA"),
            Map.entry(0x13, "TLBI_NH_VAA"), Map.entry(0x20, "TLBI_EL2_ALL"), Map.entry(0x21, "TLBI_EL2_ASID"),
            Map.entry(0x22, "TLBI_EL2_VA"), Map.entry(0x23, "TLBI_EL2_VAA"), Map.entry(0x28, "TLBI_S12_VMALL"),
            Map.entry(0x2A, "TLBI_S2_IPA"), Map.entry(0x30, "TLBI_NSNH_ALL"), Map.entry(0x40, "ATC_INV"),
            Map.entry(0x41, "PRI_RESP"), Map.entry(0x44, "RESUME"), Map.entry(0x45, "STALL_TERM"),
            Map.entry(0x46, SYNC));

    private SmmuCommand() {
    }

    /** @param word0 the command's first 64 bits */
    static String name(long word0) {
        int opcode = (int) word0 & OPCODE;
        return NAMES.getOrDefault(opcode, String.format("opcode %#x", opcode));
    }
}
