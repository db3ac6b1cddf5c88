package org.iommu4j.hwsim.smmuv3;

/**
 * Commands, 16 bytes. Arm IHI 0070, 4.1.3 (opcodes), 4.2 to 4.7.
 * <pre>
 *           63      48 47    32 31   27    24 23   20 19 17 16   13 12   11  10  9 8 7      0
 *          +------------------+------------+---------------+----------+----+----+---+--------+
 *  CFGI_*  |     StreamID     |         SubstreamID                   |  0 |SSec| 0 | opcode |
 *          +---------+--------+------+-------------+-------+----------+----+----+---+--------+
 *  TLBI_*  |  ASID   |  VMID  |  0   | SCALE 25:20 |   0   |   NUM    |        0     | opcode |
 *          +---------+--------+------+-------------+-------+----------+----+----+---+--------+
 *  RESUME  |     StreamID     |                0           | Ab, Ac   |  0 |SSec| 0 | opcode |
 *          +------------------+--------------+-----+-------+----------+----+----+---+--------+
 *  SYNC    |     MSIData      |  0 | MSIAttr | MSH |   0   |   CS     |        0     | opcode |
 *          +------------------+--------------+-----+-------+----------+----+----+---+--------+
 *  word 1: CFGI_STE, CFGI_CD: 0 Leaf; CFGI_STE_RANGE: 4:0 Range; RESUME: 15:0 STAG; SYNC: 51:2 MSIAddress;
 *          TLBI_*: 63:12 Address, 11:10 TG, 9:8 TTL, 0 Leaf
 * </pre>
 */
final class Command {
    static final int BYTES_LG2 = 4;

    static final int PREFETCH_CONFIG = 0x01;
    static final int PREFETCH_ADDR = 0x02;
    static final int CFGI_STE = 0x03;
    static final int CFGI_STE_RANGE = 0x04;
    static final int CFGI_CD = 0x05;
    static final int CFGI_CD_ALL = 0x06;
    static final int TLBI_NH_ALL = 0x10;
    static final int TLBI_NH_ASID = 0x11;
    static final int TLBI_NH_VA = 0x12;
    static final int TLBI_NH_VAA = 0x13;
    static final int TLBI_EL2_ALL = 0x20;
    static final int TLBI_EL2_ASID = 0x21;
    static final int TLBI_EL2_VA = 0x22;
    static final int TLBI_EL2_VAA = 0x23;
    static final int TLBI_S12_VMALL = 0x28;
    static final int TLBI_S2_IPA = 0x2a;
    static final int TLBI_NSNH_ALL = 0x30;
    static final int RESUME = 0x44;
    static final int STALL_TERM = 0x45;
    static final int SYNC = 0x46;

    /** CS of a CMD_SYNC. */
    static final int SIGNAL_INTERRUPT = 1;
    static final int SIGNAL_RESERVED = 3;

    private static final long SECURE = 1 << 10;
    private static final long PAGE = -1L << 12;
    private static final long MESSAGE = 0xf_ffff_ffff_fffcL;

    private Command() {
    }

    static int opcode(long word0) {
        return (int) word0 & 0xff;
    }

    /** SSec: of no use in a non-secure queue. */
    static boolean secure(long word0) {
        return (word0 & SECURE) != 0;
    }

    static int stream(long word0) {
        return (int) (word0 >>> 32);
    }

    static int substream(long word0) {
        return (int) (word0 >>> 12) & 0xf_ffff;
    }

    static boolean leaf(long word1) {
        return (word1 & 1) != 0;
    }

    /** Log2 of the number of StreamIDs of CFGI_STE_RANGE. */
    static int rangeLg2(long word1) {
        return (int) (word1 & 0x1f) + 1;
    }

    static int vmid(long word0) {
        return (int) (word0 >>> 32) & 0xffff;
    }

    static int asid(long word0) {
        return (int) (word0 >>> 48);
    }

    static int number(long word0) {
        return (int) (word0 >>> 12) & 0x1f;
    }

    static int scale(long word0) {
        return (int) (word0 >>> 20) & 0x1f;
    }

    static int granule(long word1) {
        return (int) (word1 >>> 10) & 0b11;
    }

    static int level(long word1) {
        return (int) (word1 >>> 8) & 0b11;
    }

    static long address(long word1) {
        return word1 & PAGE;
    }

    /** Ac. */
    static boolean retry(long word0) {
        return (word0 & 1 << 12) != 0;
    }

    static int tag(long word1) {
        return (int) word1 & 0xffff;
    }

    static int signal(long word0) {
        return (int) (word0 >>> 12) & 0b11;
    }

    static int messageData(long word0) {
        return (int) (word0 >>> 32);
    }

    static long messageAddress(long word1) {
        return word1 & MESSAGE;
    }
}
