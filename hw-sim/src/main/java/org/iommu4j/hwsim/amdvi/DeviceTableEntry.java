package org.iommu4j.hwsim.amdvi;

/**
 * Device table entry (DTE): one a device id, 32 bytes. AMD 48882 section 2.2.2.1.
 * <pre>
 *          63  62  61 60   58 57 56  55   54   53   52  51        12 11   9 8   7 6    2  1   0
 *         +---+---+---+-------+-----+----+----+----+----+------------+------+-----+------+----+---+
 *  word 0 | 0 |IW |IR |GCR3 14| GLX | GV |GIoV|GPRP|PPR | host root  | Mode | HAD |  0   | TV | V |
 *         |   |   |   |  :12  |     |    |    |    |    |            |      |     |      |    |   |
 *         +---+---+---+-------+-----+----+----+----+----+------------+------+-----+------+----+---+
 *          63        43 42 41    40 39  38   37   36  35 34  33  32  31          16 15           0
 *         +------------+--+--------+---+----+-----+------+---+---+---+--------------+--------------+
 *  word 1 | GCR3 51:31 | 0| SysMgt |EX | SD |Cache| IoCtl|SA |SE | I |  GCR3 30:15  |   domain     |
 *         +------------+--+--------+---+----+-----+------+---+---+---+--------------+--------------+
 *          63 62 61 60 59 58 57 56 55    54 53  52 51                6 5  4        1  0
 *         +-----+-----+--+--+--+--+--------+------+-------------------+---+----------+----+
 *  word 2 |Lint |IntCtl|0|NMI EI IN| GPM   |  0   |  interrupt table  |IG |IntTabLen | IV |
 *         +-----+-----+--+--+--+--+--------+------+-------------------+---+----------+----+
 *  word 3: attributes, 63:54; the rest is reserved
 * </pre>
 * GPM, GuestPagingMode: 0 four levels, 1 five. HAD: 0 nothing, 1 accessed bits, 3 accessed and dirty bits are kept.
 */
final class DeviceTableEntry {
    static final int BYTES_LG2 = 5;
    static final int WORDS = 4;
    static final int MODE_NONE = 0;

    private static final long V = 1;
    private static final long TV = 1 << 1;
    private static final int HAD_SHIFT = 7;
    private static final int MODE_SHIFT = 9;
    private static final long POINTER = 0x000f_ffff_ffff_f000L;
    private static final long PPR_BITS = 0b11L << 52;
    private static final long GIOV = 1L << 54;
    private static final long GV = 1L << 55;
    private static final int GLX_SHIFT = 56;
    private static final int GCR3_LOW_SHIFT = 58;
    private static final int RIGHTS_SHIFT = 61;
    private static final long RESERVED_0 = 1L << 63 | 0b11111L << 2;
    private static final long GUEST_0 = 0b111111L << 55;

    private static final long DOMAIN = 0xffffL;
    private static final long GCR3_MIDDLE = 0xffffL << 16;
    private static final long IOTLB = 1L << 32;
    private static final long SE = 1L << 33;
    private static final long SA = 1L << 34;
    private static final int IOCTL_SHIFT = 35;
    private static final long SD = 1L << 38;
    private static final long EX = 1L << 39;
    private static final int SYSMGT_SHIFT = 40;
    private static final long GCR3_HIGH = -1L << 43;
    private static final long RESERVED_1 = 1L << 42;

    private static final long IV = 1;
    private static final int TABLE_LENGTH_SHIFT = 1;
    private static final int GPM_SHIFT = 54;
    private static final int INTCTL_SHIFT = 60;
    private static final long RESERVED_2 = 1L << 59 | 0b11L << 52;
    private static final long RESERVED_3 = (1L << 54) - 1;

    private static final int LONGEST_INTERRUPT_TABLE = 11;
    private static final int RESERVED_CODE = 3;
    private static final int REMAPPED = 2;

    private DeviceTableEntry() {
    }

    static boolean valid(long word0) {
        return (word0 & V) != 0;
    }

    static boolean translationValid(long word0) {
        return (word0 & TV) != 0;
    }

    /**
     * The event that refuses an entry whatever is asked of it, 0 for none. Words 0 and 1 count with V, 2 and 3 with IV.
     */
    static long refusal(long[] words, AmdCapabilities caps) {
        boolean reserved = valid(words[0]) && reserved(words[0], words[1], caps)
                || interruptsControlled(words[2]) && interruptsReserved(words[2], words[3]);
        if (reserved) {
            return Event.ILLEGAL_DEVICE_ENTRY | Event.RZ;
        }
        boolean translated = valid(words[0]) && translationValid(words[0]);
        if (translated && mode(words[0]) > caps.hostLevels()) {
            return Event.PAGE_FAULT | Event.PR;
        }
        boolean tableLength = interruptsControlled(words[2]) && interruptControl(words[2]) == REMAPPED
                && (words[2] >>> TABLE_LENGTH_SHIFT & 0xf) > LONGEST_INTERRUPT_TABLE;
        return translated && undefined(words, caps) || tableLength ? Event.ILLEGAL_DEVICE_ENTRY : 0;
    }

    private static boolean reserved(long word0, long word1, AmdCapabilities caps) {
        long beyond = -1L << caps.physicalAddressBits() & POINTER;
        long zero0 = RESERVED_0 | PPR_BITS | beyond | (caps.guestTranslation() ? 0 : GUEST_0)
                | (caps.guestProtection() ? 0 : GIOV);
        long zero1 = RESERVED_1 | IOTLB | (caps.guestTranslation() ? 0 : GCR3_HIGH | GCR3_MIDDLE);
        return (word0 & zero0) != 0 || (word1 & zero1) != 0 || portControl(word1) == RESERVED_CODE;
    }

    private static boolean interruptsReserved(long word2, long word3) {
        return (word2 & RESERVED_2) != 0 || (word3 & RESERVED_3) != 0 || interruptControl(word2) == RESERVED_CODE;
    }

    /** True if a field names what the unit lacks. */
    private static boolean undefined(long[] words, AmdCapabilities caps) {
        int had = accessedDirty(words[0]);
        boolean marks = had == 2 || had != 0 && !caps.hostAccessed() || had == RESERVED_CODE && !caps.hostDirty();
        boolean guest = guest(words[0]) && (guestPointerLevels(words[0]) > caps.guestPointerLevels()
                || guestLevels(words[2]) > caps.guestLevels());
        return marks || guest;
    }

    static int accessedDirty(long word0) {
        return (int) (word0 >>> HAD_SHIFT) & 0b11;
    }

    /** Levels of the host table, or {@link #MODE_NONE}. */
    static int mode(long word0) {
        return (int) (word0 >>> MODE_SHIFT) & 0b111;
    }

    static long hostRoot(long word0) {
        return word0 & POINTER;
    }

    static boolean guest(long word0) {
        return (word0 & GV) != 0;
    }

    /** GIoV: requests without PASID use the guest tables of PASID 0. */
    static boolean guestProtection(long word0) {
        return (word0 & GIOV) != 0;
    }

    /** Levels of the guest CR3 table, less one. */
    static int guestPointerLevels(long word0) {
        return (int) (word0 >>> GLX_SHIFT) & 0b11;
    }

    /** IR and IW, as the two lowest bits. */
    static int rights(long word0) {
        return (int) (word0 >>> RIGHTS_SHIFT) & 0b11;
    }

    static int domain(long word1) {
        return (int) (word1 & DOMAIN);
    }

    static long guestPointers(long word0, long word1) {
        return (word0 >>> GCR3_LOW_SHIFT & 0b111) << 12 | (word1 & GCR3_MIDDLE) >>> 16 << 15
                | (word1 & GCR3_HIGH) >>> 43 << 31;
    }

    static boolean suppressesAll(long word1) {
        return (word1 & SA) != 0;
    }

    /** SE: after one page fault no further one is logged until the entry is invalidated. */
    static boolean suppressesFurther(long word1) {
        return (word1 & SE) != 0;
    }

    static boolean snooped(long word1) {
        return (word1 & SD) == 0;
    }

    static boolean excluded(long word1) {
        return (word1 & EX) != 0;
    }

    /** IoCtl: 0 aborted, 1 forwarded, 2 translated. */
    static int portControl(long word1) {
        return (int) (word1 >>> IOCTL_SHIFT) & 0b11;
    }

    /** SysMgt: 0 aborted, 1 and 2 forwarded if posted, 3 translated. */
    static int systemManagement(long word1) {
        return (int) (word1 >>> SYSMGT_SHIFT) & 0b11;
    }

    static int guestLevels(long word2) {
        return 4 + ((int) (word2 >>> GPM_SHIFT) & 0b11);
    }

    /** IV: IntCtl says what becomes of interrupts; without it they are forwarded. */
    static boolean interruptsControlled(long word2) {
        return (word2 & IV) != 0;
    }

    /** IntCtl: 0 aborted, 1 forwarded, 2 remapped. */
    static int interruptControl(long word2) {
        return (int) (word2 >>> INTCTL_SHIFT) & 0b11;
    }
}
