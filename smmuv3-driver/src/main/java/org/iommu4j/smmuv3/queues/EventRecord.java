package org.iommu4j.smmuv3.queues;

import java.util.Arrays;
import org.iommu4j.api.Protection;
import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Event record, 256 bits (section 7.3). Words 1 to 3 as in translation faults; in other records they are reserved or
 * hold an address of the unit's own.
 * <pre>
 *          63                          32 31          12  11  10  8 7          0
 *         +------------------------------+--------------+----+-----+------------+
 * word 0  |           StreamID           |     SSID     |SSV |  0  |   Event    |
 *         +------------------------------+--------------+----+-----+------------+
 *          63       42 41  40 39  38  36   35   34   33  32   31   30  16 15    0
 *         +-----------+------+---+------+-----+----+----+---+------+------+------+
 * word 1  |     0     |CLASS |S2 |  0   | RnW |InD |PnU | 0 |Stall |  0   | STAG |
 *         +-----------+------+---+------+-----+----+----+---+------+------+------+
 * word 2  |                              InputAddr                               |
 *         +----------------+-------------------------------------+---------------+
 * word 3  |       0        |              IPA, 51-12             |       0       |
 *         +----------------+-------------------------------------+---------------+
 * </pre>
 */
public final class EventRecord {
    private static final Field EVENT = Field.bits("Event", 0, 7, 0);
    private static final Field SSV = Field.bit("SSV", 0, 11);
    private static final Field SSID = Field.bits("SSID", 0, 31, 12);
    private static final Field STREAM = Field.bits("StreamID", 0, 63, 32);
    private static final Field RNW = Field.bit("RnW", 1, 35);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("event", 4, EVENT, SSV, SSID, STREAM, Field.bits("STAG", 1, 15, 0),
            Field.bit("Stall", 1, 31), Field.bit("PnU", 1, 33), Field.bit("InD", 1, 34), RNW, Field.bit("S2", 1, 39),
            Field.bits("CLASS", 1, 41, 40), Field.address("InputAddr", 2, 63, 0), Field.address("IPA", 3, 51, 12));

    private static final int FIRST_TRANSLATION = 0x10;
    private static final int LAST_TRANSLATION = 0x13;
    private static final String[] NAMES = new String[1 << Byte.SIZE];

    static {
        Arrays.fill(NAMES, "unknown event");
        from(0x01, "F_UUT", "C_BAD_STREAMID", "F_STE_FETCH", "C_BAD_STE", "F_BAD_ATS_TREQ", "F_STREAM_DISABLED",
                "F_TRANSL_FORBIDDEN", "C_BAD_SUBSTREAMID", "F_CD_FETCH", "C_BAD_CD", "F_WALK_EABT");
        from(FIRST_TRANSLATION, "F_TRANSLATION", "F_ADDR_SIZE", "F_ACCESS", "F_PERMISSION");
        from(0x20, "F_TLB_CONFLICT", "F_CFG_CONFLICT");
        from(0x24, "E_PAGE_REQUEST", "F_VMS_FETCH");
    }

    private EventRecord() {
    }

    private static void from(int first, String... names) {
        System.arraycopy(names, 0, NAMES, first, names.length);
    }

    /** Reports a record; address and access only of translation faults, because others do not have them. */
    static void report(long word0, long word1, long word2, FaultSink sink) {
        int event = (int) EVENT.of(word0);
        boolean translation = event >= FIRST_TRANSLATION && event <= LAST_TRANSLATION;
        int access = RNW.in(word1) ? Protection.READ : Protection.WRITE;
        sink.fault((int) STREAM.of(word0), SSV.in(word0) ? (int) SSID.of(word0) : FaultSink.NO_PASID,
                translation ? word2 : 0, translation ? access : 0, event, NAMES[event]);
    }
}
