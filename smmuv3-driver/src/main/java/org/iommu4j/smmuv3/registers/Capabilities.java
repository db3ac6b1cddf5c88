package org.iommu4j.smmuv3.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;
import org.iommu4j.pagetable.arm.Descriptor;

/**
 * What a unit can do: the identification registers IDR0, IDR1, IDR3 and IDR5 (sections 6.3.1 to 6.3.6). Constant while
 * the unit is powered. Immutable.
 * <pre>
 *       28 27   26  25 24 22 21 20    19  18    17  16  15   14
 *      +-----+----+-----+-----+-----+----+------+---+---+----+---+
 * IDR0 |STLVL|TERM|STALL|ENDI |VATOS|CD2L|VMID16|VMW|PRI|ATOS|SEV|
 *      +-----+----+-----+-----+-----+----+------+---+---+----+---+
 *        13  12     11     10  9  8       7  6  5    4    3 2  1   0
 *      +---+------+------+---+---+--------+----+---+------+---+---+---+
 *      |MSI|ASID16|NS1ATS|ATS|Hyp|DORMHINT|HTTU|BTM|COHACC|TTF|S1P|S2P|
 *      +---+------+------+---+---+--------+----+---+------+---+---+---+
 *          30      29      28     27      26    25  21 20    16 15  11 10      6 5       0
 *      +-------+-------+-----+-------+-------+-------+--------+-------+---------+---------+
 * IDR1 |TABLES |QUEUES | REL | TYPES | PERMS | CMDQS |EVENTQS | PRIQS | SSIDSIZE| SIDSIZE |   PRESET: fixed by hardware
 *      +-------+-------+-----+-------+-------+-------+--------+-------+---------+---------+
 *       12 11  10  9   8    7    5   4    3    2               31     16 11 10   6     5     4    2  0
 *      +-----+---+---+---+----+---+----+----+---+             +---------+-----+------+-----+-----+-----+
 * IDR3 |BBML |RIL|STT|FWB|MPAM|PPS|XNX |PBHA|HAD|        IDR5 |STALLMAX | VAX |GR64K |GR16K|GR4K | OAS |
 *      +-----+---+---+---+----+---+----+----+---+             +---------+-----+------+-----+-----+-----+
 * </pre>
 *
 * @param idr0 raw, as are the others; upper halves 0
 */
public record Capabilities(long idr0, long idr1, long idr3, long idr5) {
    private static final Field S2P = Field.bit("S2P", 0, 0);
    private static final Field S1P = Field.bit("S1P", 0, 1);
    private static final Field TTF = Field.bits("TTF", 0, 3, 2);
    private static final Field COHACC = Field.bit("COHACC", 0, 4);
    private static final Field HTTU = Field.bits("HTTU", 0, 7, 6);
    private static final Field ASID16 = Field.bit("ASID16", 0, 12);
    private static final Field MSI = Field.bit("MSI", 0, 13);
    private static final Field VMID16 = Field.bit("VMID16", 0, 18);
    private static final Field CD2L = Field.bit("CD2L", 0, 19);
    private static final Field TTENDIAN = Field.bits("TTENDIAN", 0, 22, 21);
    private static final Field STALL_MODEL = Field.bits("STALL_MODEL", 0, 25, 24);
    private static final Field ST_LEVEL = Field.bits("ST_LEVEL", 0, 28, 27);
    /** SMMU_IDR0. */
    public static final Layout IDR0 = Layout.of("SMMU_IDR0", 1, S2P, S1P, TTF, COHACC, Field.bit("BTM", 0, 5), HTTU,
            Field.bit("DORMHINT", 0, 8), Field.bit("Hyp", 0, 9), Field.bit("ATS", 0, 10), Field.bit("NS1ATS", 0, 11),
            ASID16, MSI, Field.bit("SEV", 0, 14), Field.bit("ATOS", 0, 15), Field.bit("PRI", 0, 16),
            Field.bit("VMW", 0, 17), VMID16, CD2L, Field.bit("VATOS", 0, 20), TTENDIAN, STALL_MODEL,
            Field.bit("TERM_MODEL", 0, 26), ST_LEVEL);

    private static final Field SIDSIZE = Field.bits("SIDSIZE", 0, 5, 0);
    private static final Field SSIDSIZE = Field.bits("SSIDSIZE", 0, 10, 6);
    private static final Field EVENTQS = Field.bits("EVENTQS", 0, 20, 16);
    private static final Field CMDQS = Field.bits("CMDQS", 0, 25, 21);
    private static final Field QUEUES_PRESET = Field.bit("QUEUES_PRESET", 0, 29);
    private static final Field TABLES_PRESET = Field.bit("TABLES_PRESET", 0, 30);
    /** SMMU_IDR1. */
    public static final Layout IDR1 = Layout.of("SMMU_IDR1", 1, SIDSIZE, SSIDSIZE, Field.bits("PRIQS", 0, 15, 11),
            EVENTQS, CMDQS, Field.bit("ATTR_PERMS_OVR", 0, 26), Field.bit("ATTR_TYPES_OVR", 0, 27),
            Field.bit("REL", 0, 28), QUEUES_PRESET, TABLES_PRESET);

    private static final Field RIL = Field.bit("RIL", 0, 10);
    /** SMMU_IDR3. */
    public static final Layout IDR3 = Layout.of("SMMU_IDR3", 1, Field.bit("HAD", 0, 2), Field.bit("PBHA", 0, 3),
            Field.bit("XNX", 0, 4), Field.bit("PPS", 0, 5), Field.bit("MPAM", 0, 7), Field.bit("FWB", 0, 8),
            Field.bit("STT", 0, 9), RIL, Field.bits("BBML", 0, 12, 11));

    private static final Field OAS = Field.bits("OAS", 0, 2, 0);
    private static final Field GRANULES = Field.bits("GRAN", 0, 6, 4);
    /** SMMU_IDR5. */
    public static final Layout IDR5 = Layout.of("SMMU_IDR5", 1, OAS, Field.bit("GRAN4K", 0, 4),
            Field.bit("GRAN16K", 0, 5), Field.bit("GRAN64K", 0, 6), Field.bits("VAX", 0, 11, 10),
            Field.bits("STALL_MAX", 0, 31, 16));

    private static final int AARCH64 = 2;
    private static final int BIG_ENDIAN = 3;
    private static final int STALL_FORCED = 2;
    private static final int ACCESS_AND_DIRTY = 2;
    private static final int[] OUTPUT_BITS = {32, 36, 40, 42, 44, 48, 52, 56};
    private static final int FEW = 1 << 8;
    private static final int MANY = 1 << 16;
    private static final int[] GRANULE_LG2 = {12, 14, 16};

    public boolean stage1() {
        return S1P.in(idr0);
    }

    public boolean stage2() {
        return S2P.in(idr0);
    }

    /** True if tables of the 64-bit format are walked. */
    public boolean aarch64() {
        return (TTF.of(idr0) & AARCH64) != 0;
    }

    /** True if tables can only be big endian. */
    public boolean bigEndian() {
        return TTENDIAN.of(idr0) == BIG_ENDIAN;
    }

    /** True if faulting transactions are always held until software answers. */
    public boolean stallForced() {
        return STALL_MODEL.of(idr0) == STALL_FORCED;
    }

    /** True if accesses to tables and queues snoop processor caches. */
    public boolean coherent() {
        return COHACC.in(idr0);
    }

    /** True if hardware can mark in stage-1 tables what is written; marks need coherent walks. */
    public boolean marksWrites() {
        return stage1() && coherent() && HTTU.of(idr0) >= ACCESS_AND_DIRTY;
    }

    /** True if the unit sends its interrupts as messages. */
    public boolean messages() {
        return MSI.in(idr0);
    }

    /** How many ASIDs there are. */
    public int asids() {
        return ASID16.in(idr0) ? MANY : FEW;
    }

    /** How many VMIDs there are. */
    public int vmids() {
        return VMID16.in(idr0) ? MANY : FEW;
    }

    /** True if CD tables may have two levels. */
    public boolean twoLevelContexts() {
        return CD2L.in(idr0);
    }

    /** True if stream tables may have two levels. */
    public boolean twoLevelStreams() {
        return ST_LEVEL.of(idr0) != 0;
    }

    /** Width of a StreamID. */
    public int streamBits() {
        return (int) SIDSIZE.of(idr1);
    }

    /** Width of a SubstreamID; 0 if there are none. */
    public int substreamBits() {
        return (int) SSIDSIZE.of(idr1);
    }

    /** Log2 of the most commands in a queue. */
    public int commandQueueLg2() {
        return (int) CMDQS.of(idr1);
    }

    /** Log2 of the most records in the event queue. */
    public int eventQueueLg2() {
        return (int) EVENTQS.of(idr1);
    }

    /** True if hardware fixes where tables or queues lie. */
    public boolean preset() {
        return QUEUES_PRESET.in(idr1) || TABLES_PRESET.in(idr1);
    }

    /** True if one command invalidates a range. */
    public boolean rangeInvalidation() {
        return RIL.in(idr3);
    }

    /** Width of a physical address as tables of this driver can have it. */
    public int outputBits() {
        return Math.min(OUTPUT_BITS[(int) OAS.of(idr5)], Descriptor.MAX_BITS);
    }

    /** True if there are tables of a granule. @param granuleLg2 12, 14 or 16 */
    public boolean hasGranule(int granuleLg2) {
        return granuleLg2 % 2 == 0 && granuleLg2 >= GRANULE_LG2[0] && granuleLg2 <= GRANULE_LG2[2]
                && (GRANULES.of(idr5) >>> (granuleLg2 - GRANULE_LG2[0]) / 2 & 1) != 0;
    }

    /** The smallest granule there is, 12, 14 or 16; 0 if there is none. */
    public int granuleLg2() {
        for (int granule : GRANULE_LG2) {
            if (hasGranule(granule)) {
                return granule;
            }
        }
        return 0;
    }

    /** What IPS and S2PS hold for a width. @param bits one of those that OAS can say */
    public static int sizeCode(int bits) {
        for (int code = 0; code < OUTPUT_BITS.length; code++) {
            if (OUTPUT_BITS[code] >= bits) {
                return code;
            }
        }
        throw new IllegalArgumentException(bits + " bits");
    }

    /** The width that IPS or S2PS says. */
    public static int sizeBits(long code) {
        return OUTPUT_BITS[(int) code];
    }
}
