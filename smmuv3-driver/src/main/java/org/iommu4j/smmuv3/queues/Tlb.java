package org.iommu4j.smmuv3.queues;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Commands that invalidate cached translations (section 4.4). Those without an address have an upper word of 0.
 * <pre>
 *          63          48 47          32 31 25 24  20 19 17 16  12 11   8 7        0
 *         +--------------+--------------+-----+------+-----+------+------+---------+
 * word 0  |     ASID     |     VMID     |  0  |SCALE |  0  | NUM  |  0   |   Op    |
 *         +--------------+--------------+-----+------+-----+------+------+---------+
 *          63                                        12 11 10 9   8 7       1   0
 *         +--------------------------------------------+-----+-----+---------+----+
 * word 1  |                    ADDR                    | TG  | TTL |    0    |Leaf|
 *         +--------------------------------------------+-----+-----+---------+----+
 * </pre>
 * TG 0: one address; else, where IDR3.RIL is 1, (NUM + 1) &lt;&lt; SCALE pages of 4 KiB (1), 16 KiB (2), 64 KiB (3).
 * TTL: the level that the pages stand in, 0 if it is not known. TG with NUM, SCALE and TTL all 0 is reserved.
 */
public final class Tlb {
    private static final Field OP = Field.bits("Op", 0, 7, 0);
    private static final Field NUM = Field.bits("NUM", 0, 16, 12);
    private static final Field SCALE = Field.bits("SCALE", 0, 24, 20);
    private static final Field VMID = Field.bits("VMID", 0, 47, 32);
    private static final Field ASID = Field.bits("ASID", 0, 63, 48);
    private static final Field LEAF = Field.bit("Leaf", 1, 0);
    private static final Field TTL = Field.bits("TTL", 1, 9, 8);
    private static final Field TG = Field.bits("TG", 1, 11, 10);
    private static final Field ADDR = Field.address("ADDR", 1, 63, 12);
    /** TLBI_NH_VA: addresses of an ASID. */
    public static final Layout NH_VA = Layout.of("TLBI_NH_VA", 2, OP, NUM, SCALE, VMID, ASID, LEAF, TTL, TG, ADDR);
    /** TLBI_NH_ASID: all of an ASID. */
    public static final Layout NH_ASID = Layout.of("TLBI_NH_ASID", 2, OP, VMID, ASID);
    /** TLBI_S2_IPA: addresses of a VMID. */
    public static final Layout S2_IPA = Layout.of("TLBI_S2_IPA", 2, OP, NUM, SCALE, VMID, LEAF, TTL, TG, ADDR);
    /** TLBI_S12_VMALL: all of a VMID. */
    public static final Layout S12_VMALL = Layout.of("TLBI_S12_VMALL", 2, OP, VMID);
    /** TLBI_NSNH_ALL: everything. */
    public static final Layout NSNH_ALL = Layout.of("TLBI_NSNH_ALL", 2, OP);

    static final int NH_ASID_OP = 0x11;
    static final int NH_VA_OP = 0x12;
    static final int S12_VMALL_OP = 0x28;
    static final int S2_IPA_OP = 0x2a;
    static final int NSNH_ALL_OP = 0x30;
    /** Log2 of the pages of the largest NUM: its pieces are below this. */
    static final int NUM_BITS = 5;
    /** The deepest level of a walk. */
    private static final int LAST_LEVEL = 3;
    private static final int FIRST_GRANULE_CODE_LG2 = 10;

    private Tlb() {
    }

    public static long everything() {
        return OP.with(NSNH_ALL_OP);
    }

    /** All of an ASID; streams in stage 1 have VMID 0. */
    public static long asid(int asid) {
        return OP.with(NH_ASID_OP) | ASID.with(asid);
    }

    public static long vmid(int vmid) {
        return OP.with(S12_VMALL_OP) | VMID.with(vmid);
    }

    /** Lower word for addresses. @param tag ASID for stage 1, VMID for stage 2 */
    public static long pages(boolean stage1, int tag) {
        return stage1 ? OP.with(NH_VA_OP) | ASID.with(tag) : OP.with(S2_IPA_OP) | VMID.with(tag);
    }

    /** What the lower word of a range adds: num &lt;&lt; scale pages. @param num 1 to 32 @param scale 0 to 31 */
    public static long count(int num, int scale) {
        return NUM.with(num - 1) | SCALE.with(scale);
    }

    /** Upper word for one address. */
    public static long address(long iova, boolean leavesOnly) {
        return ADDR.with(iova & ADDR.mask()) | LEAF.with(leavesOnly ? 1 : 0);
    }

    /** What the upper word of a range adds. @param level 1 to 3, 0 if it is not known */
    public static long shape(int granuleLg2, int level) {
        return TG.with((granuleLg2 - FIRST_GRANULE_CODE_LG2) / 2) | TTL.with(level);
    }

    /** The level that pages of a size stand in; 0 if there are several sizes. @param pageSizes bit n: 2^n bytes */
    public static int level(long pageSizes, int granuleLg2) {
        if (Long.bitCount(pageSizes) != 1) {
            return 0;
        }
        int above = (Long.numberOfTrailingZeros(pageSizes) - granuleLg2) / (granuleLg2 - 3);
        return LAST_LEVEL - above;
    }
}
