package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.api.Protection;

/**
 * Event records, 32 bytes. Arm IHI 0070, 7.3.
 * <pre>
 *          63        32 31        12  11   10  8 7    0
 *         +------------+------------+-----+-----+------+
 *  word 0 |  StreamID  | SubstreamID| SSV |  0  | type |
 *         +------------+------------+-----+-----+------+
 *          63 45  44   43 42 41   40 39 38 36  35  34  33  32  31    30 16 15    0
 *         +-----+-----+-----+-------+--+-----+---+---+---+---+-----+------+-------+
 *  word 1 |  0  |TTRnW|  0  | CLASS |S2|  0  |RnW|InD|PnU| 0 |Stall|  0   | STAG  |  faults of translation, F_WALK_EABT
 *         +-----+-----+-----+-------+--+-----+---+---+---+---+-----+------+-------+
 *  word 2 | InputAddr                                                             |  the same
 *         +-----------------------------------------------------------------------+
 *  word 3 | IPA, bits 51:12, if S2; or FetchAddr, bits 51:3, of F_*_FETCH and F_WALK_EABT
 *         +-----------------------------------------------------------------------+
 * </pre>
 */
final class EventRecord {
    static final int WORDS = 4;
    static final int BYTES_LG2 = 5;

    private static final int SID_SHIFT = 32;
    private static final int SSID_SHIFT = 12;
    private static final long SSV = 1 << 11;
    private static final long TT_READ = 1L << 44;
    private static final int CLASS_SHIFT = 40;
    private static final long S2 = 1L << 39;
    private static final long READ = 1L << 35;
    private static final long INSTRUCTION = 1L << 34;
    private static final long PRIVILEGED = 1L << 33;
    private static final long STALL = 1L << 31;
    private static final long IPA = 0xf_ffff_ffff_f000L;
    private static final long FETCHED = 0xf_ffff_ffff_fff8L;

    private EventRecord() {
    }

    /** @param pasid or -1 */
    static long identity(int type, int sid, int pasid) {
        return (long) sid << SID_SHIFT | (pasid < 0 ? 0 : (long) pasid << SSID_SHIFT | SSV) | type;
    }

    /** Word 1 without stall. */
    static long details(Fault fault, int access, boolean privileged, boolean instruction) {
        if (fault.type < Fault.F_WALK_EABT) {
            return 0;
        }
        boolean read = (access & Protection.WRITE) == 0;
        boolean table = fault.type == Fault.F_PERMISSION && fault.second && fault.operation == Fault.TT;
        return (table && !fault.tableWrite ? TT_READ : 0) | (long) fault.operation << CLASS_SHIFT
                | (fault.second ? S2 : 0) | (read ? READ : 0) | (instruction && read ? INSTRUCTION : 0)
                | (privileged ? PRIVILEGED : 0);
    }

    /** What word 1 has more if the transaction is stalled. */
    static long stalled(int tag) {
        return STALL | tag;
    }

    /** Word 2. */
    static long input(Fault fault, long iova) {
        return fault.type < Fault.F_WALK_EABT ? 0 : iova;
    }

    /** Word 3. */
    static long address(Fault fault) {
        return fault.ofTranslation() ? fault.ipa & IPA : fault.fetched & FETCHED;
    }
}
