package org.iommu4j.hwsim.vtd;

/**
 * Descriptors of the invalidation queue. VT-d specification 6.5.2. The type is in bits 11:9 and 3:0 of word 0; words 2
 * and 3 of the 256-bit form are reserved in all of these.
 * <pre>
 *  1 context    w0: FM 49:48, SID 47:32, DID 31:16, G 5:4
 *  2 IOTLB      w0: DID 31:16, DR 7, DW 6, G 5:4               w1: ADDR 63:12, IH 6, AM 5:0
 *  3 device-TLB w0: PFSID, SID 47:32, MIP 20:16                w1: ADDR 63:12, S 0
 *  4 interrupt  w0: IIDX 47:32, IM 31:27, G 4
 *  5 wait       w0: status data 63:32, PD 7, FN 6, SW 5, IF 4  w1: status address 63:2
 *  6 PASID-IOTLB w0: PASID 51:32, DID 31:16, G 5:4             w1: ADDR 63:12, IH 6, AM 5:0
 *  7 PASID cache w0: PASID 51:32, DID 31:16, G 5:4
 * </pre>
 */
final class InvalidationDescriptor {
    static final int CONTEXT = 1;
    static final int IOTLB = 2;
    static final int DEVICE_TLB = 3;
    static final int INTERRUPT = 4;
    static final int WAIT = 5;
    static final int PASID_IOTLB = 6;
    static final int PASID = 7;

    private static final int LAST_TYPE = PASID;
    private static final long[] RESERVED_0 = {
        0, 0xfffc_0000_0000_f1c0L, 0xffff_ffff_0000_f100L, 0x000f_0000_ffe0_01f0L, 0xffff_0000_07ff_f1e0L,
        0x0000_0000_ffff_f180L, 0xfff0_0000_0000_f1c0L, 0xfff0_0000_0000_f1c0L};
    private static final long[] RESERVED_1 = {0, -1L, 0xf80L, 0xffeL, -1L, 0b11L, 0xf80L, -1L};

    private InvalidationDescriptor() {
    }

    static int type(long word0) {
        return (int) (word0 >>> 5 & 0x70 | word0 & 0xf);
    }

    static boolean known(int type) {
        return type >= CONTEXT && type <= LAST_TYPE;
    }

    /** True if a reserved bit is set. @param type a known one */
    static boolean reserved(int type, long[] words) {
        return (words[0] & RESERVED_0[type]) != 0 || (words[1] & RESERVED_1[type]) != 0 || (words[2] | words[3]) != 0;
    }

    static int granularity(long word0) {
        return (int) (word0 >>> 4 & 0b11);
    }

    static int domain(long word0) {
        return (int) (word0 >>> 16 & 0xffff);
    }

    static int source(long word0) {
        return (int) (word0 >>> 32 & 0xffff);
    }

    static int functionMask(long word0) {
        return (int) (word0 >>> 48 & 0b11);
    }

    static int pasid(long word0) {
        return (int) (word0 >>> 32 & 0xfffff);
    }

    static boolean drainWrites(long word0) {
        return (word0 >>> 6 & 1) != 0;
    }

    static boolean drainReads(long word0) {
        return (word0 >>> 7 & 1) != 0;
    }

    static int addressMask(long word1) {
        return (int) (word1 & 0x3f);
    }

    static boolean leavesOnly(long word1) {
        return (word1 >>> 6 & 1) != 0;
    }

    static boolean interrupt(long word0) {
        return (word0 >>> 4 & 1) != 0;
    }

    static boolean statusWrite(long word0) {
        return (word0 >>> 5 & 1) != 0;
    }

    static int statusData(long word0) {
        return (int) (word0 >>> 32);
    }
}
