package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * What a unit has, as its identification registers say; Arm IHI 0070, 6.3.1 to 6.3.6. Refuses what the model lacks.
 * Immutable.
 * <pre>
 *  IDR0:  28 27  26  25 24  22 21   20   19    18   17   16  15  14  13   12     11
 *        +-----+----+-----+-------+-----+----+------+---+---+----+---+---+------+------+
 *        | ST_ |TERM|STALL|TTEND- |VATOS|CD2L|VMID16|VMW|PRI|ATOS|SEV|MSI|ASID16|NS1ATS|
 *        |LEVEL|_MODEL    |IAN    |     |    |      |   |   |    |   |   |      |      |
 *        +-----+----+-----+-------+-----+----+------+---+---+----+---+---+------+------+
 *          10   9     8     7 6   5    4    3 2   1   0
 *        +----+---+-------+-----+---+------+-----+---+---+
 *        |ATS |Hyp|DORMHINT|HTTU|BTM|COHACC| TTF |S1P|S2P|
 *        +----+---+-------+-----+---+------+-----+---+---+
 *  IDR1:    30      29    28    27      26    25 21  20  16  15 11  10   6  5    0
 *        +-------+-------+---+-------+-------+-----+-------+------+--------+-------+
 *        |TABLES_|QUEUES_|REL|ATTR_  |ATTR_  |CMDQS|EVENTQS|PRIQS |SSIDSIZE|SIDSIZE|
 *        |PRESET |PRESET |   |TYPES_ |PERMS_OVR    |       |      |        |       |
 *        +-------+-------+---+-------+-------+-----+-------+------+--------+-------+
 *  IDR3:  12 11  10   9   8   7   5   4   3    2       IDR5:  31     16  11 10 6  4 2 0
 *        +-----+---+---+---+----+---+---+----+---+           +---------+-----+----+---+
 *        |BBML |RIL|STT|FWB|MPAM|PPS|XNX|PBHA|HAD|           |STALL_MAX| VAX |GRAN|OAS|
 *        +-----+---+---+---+----+---+---+----+---+           +---------+-----+----+---+
 * </pre>
 *
 * @param aidr architecture version: 0x0 to 0x3 for SMMUv3.0 to 3.3
 */
record SmmuIds(int idr0, int idr1, int idr3, int idr5, int iidr, int aidr, int physicalAddressBits) {
    private static final int[] OUTPUT_BITS = {32, 36, 40, 42, 44, 48};
    private static final int MOST_QUEUE_LG2 = 19;
    private static final int MOST_STREAM_BITS = 32;
    private static final int MOST_SUBSTREAM_BITS = 20;

    SmmuIds {
        lacks("IDR0", "ATS", bit(idr0, 10));
        lacks("IDR0", "PRI", bit(idr0, 16));
        lacks("IDR0", "BTM", bit(idr0, 5));
        lacks("IDR0", "ATOS", bit(idr0, 15));
        lacks("IDR0", "VATOS", bit(idr0, 20));
        lacks("IDR0", "VMW", bit(idr0, 17));
        lacks("IDR1", "QUEUES_PRESET", bit(idr1, 29));
        lacks("IDR1", "TABLES_PRESET", bit(idr1, 30));
        lacks("IDR3", "PPS", bit(idr3, 5));
        lacks("IDR3", "MPAM", bit(idr3, 7));
        lacks("IDR3", "STT", bit(idr3, 9));
        lacks("IDR0", "bits 31:29", idr0 >>> 29 != 0);
        lacks("IDR3", "bits 31:13", idr3 >>> 13 != 0);
        lacks("IDR5", "DS", bit(idr5, 7));
        lacks("IDR5", "D128", bit(idr5, 8));
        require("IDR0", "TTF", field(idr0, 3, 2) == 2, "the model has VMSAv8-64 tables only, TTF 2");
        require("IDR0", "COHACC", bit(idr0, 4), "the model reads memory coherently only");
        require("IDR0", "TTENDIAN", field(idr0, 22, 21) == 2, "the model reads little-endian tables only, TTENDIAN 2");
        require("IDR0", "TERM_MODEL", bit(idr0, 26), "the model ends what it terminates with an abort, TERM_MODEL 1");
        require("IDR0", "S1P", bit(idr0, 1) || bit(idr0, 0), "a unit has at least one stage");
        require("IDR0", "HTTU", field(idr0, 7, 6) <= 2, "at most 2");
        require("IDR0", "STALL_MODEL", field(idr0, 25, 24) <= 2, "at most 2");
        require("IDR0", "ST_LEVEL", field(idr0, 28, 27) <= 1, "at most 1");
        require("IDR1", "CMDQS", field(idr1, 25, 21) <= MOST_QUEUE_LG2, "at most 19");
        require("IDR1", "EVENTQS", field(idr1, 20, 16) <= MOST_QUEUE_LG2, "at most 19");
        require("IDR1", "SIDSIZE", field(idr1, 5, 0) <= MOST_STREAM_BITS, "at most 32");
        require("IDR1", "SSIDSIZE", field(idr1, 10, 6) <= MOST_SUBSTREAM_BITS, "at most 20");
        require("IDR5", "OAS", field(idr5, 2, 0) < OUTPUT_BITS.length, "the model has up to 48 bits, OAS 5");
        require("IDR5", "VAX", field(idr5, 11, 10) == 0, "the model has virtual addresses of 48 bits, VAX 0");
        require("IDR5", "GRAN4K", (idr5 & 0b111 << 4) != 0, "a unit has at least one granule");
        require("IDR5", "OAS", OUTPUT_BITS[field(idr5, 2, 0)] >= physicalAddressBits,
                "the machine has " + physicalAddressBits + " bits");
    }

    boolean secondStage() {
        return bit(idr0, 0);
    }

    boolean firstStage() {
        return bit(idr0, 1);
    }

    /** Hyp: StreamWorld EL2. */
    boolean hypervisor() {
        return bit(idr0, 9);
    }

    boolean messages() {
        return bit(idr0, 13);
    }

    int asidBits() {
        return bit(idr0, 12) ? 16 : 8;
    }

    int vmidBits() {
        return bit(idr0, 18) ? 16 : 8;
    }

    /** CD2L: two-level tables of context descriptors. */
    boolean twoLevelContexts() {
        return bit(idr0, 19);
    }

    /** ST_LEVEL: two-level stream tables. */
    boolean twoLevelStreams() {
        return field(idr0, 28, 27) == 1;
    }

    /** HTTU: hardware sets access flags. */
    boolean setsAccessFlag() {
        return field(idr0, 7, 6) >= 1;
    }

    /** HTTU: hardware keeps the dirty state too. */
    boolean keepsDirty() {
        return field(idr0, 7, 6) == 2;
    }

    /** STALL_MODEL: false if no fault can stall. */
    boolean stalls() {
        return field(idr0, 25, 24) != 1;
    }

    /** STALL_MODEL: faults of a stage must stall. */
    boolean stallsAlways() {
        return field(idr0, 25, 24) == 2;
    }

    /** STALL_MAX: transactions that can be stalled at once; at least one where the stall model is there. */
    int stallMax() {
        return Math.max(1, idr5 >>> 16);
    }

    int streamBits() {
        return field(idr1, 5, 0);
    }

    int substreamBits() {
        return field(idr1, 10, 6);
    }

    int commandQueueLg2() {
        return field(idr1, 25, 21);
    }

    int eventQueueLg2() {
        return field(idr1, 20, 16);
    }

    /** ATTR_PERMS_OVR: STE.PRIVCFG and STE.INSTCFG count. */
    boolean overridesPermissions() {
        return bit(idr1, 26);
    }

    boolean hierarchyDisable() {
        return bit(idr3, 2);
    }

    boolean executeNeverExtended() {
        return bit(idr3, 4);
    }

    boolean rangeInvalidation() {
        return bit(idr3, 10);
    }

    int outputBits() {
        return OUTPUT_BITS[field(idr5, 2, 0)];
    }

    /** An output size as CD.IPS and STE.S2PS encode it, cut to what the unit has. */
    int outputBits(int encoded) {
        return Math.min(outputBits(), OUTPUT_BITS[Math.min(encoded, OUTPUT_BITS.length - 1)]);
    }

    /** @param granuleLg2 12, 14, 16, or 0 for none */
    boolean granule(int granuleLg2) {
        return granuleLg2 != 0 && bit(idr5, 4 + (granuleLg2 - 12 >> 1));
    }

    private static void lacks(String register, String field, boolean promised) {
        require(register, field, !promised, "the model lacks it");
    }

    private static void require(String register, String field, boolean holds, String limit) {
        if (!holds) {
            throw IommuException.of(Reason.BAD_INPUT, "capabilities: %s.%s: %s", register, field, limit);
        }
    }

    private static boolean bit(int register, int bit) {
        return (register >>> bit & 1) != 0;
    }

    private static int field(int register, int high, int low) {
        return register >>> low & (1 << high - low + 1) - 1;
    }
}
