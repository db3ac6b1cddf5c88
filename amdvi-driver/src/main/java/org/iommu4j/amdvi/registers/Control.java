package org.iommu4j.amdvi.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * IOMMU Control Register (section 3.4, offset 0018h), as far as the driver writes it; the other bits are left 0.
 * <pre>
 *   16   15..13   12     11    10      9       8     7   5    4     3     2       1       0
 * +----+------+--------+----+-------+--------+------+------+----+------+------+--------+-------+
 * |GTEn|  -   |CmdBufEn|Isoc|Coher. |ResPassPW|PassPW|InvTO|CWI |EvtInt|EvtLog|HtTunEn |IommuEn|
 * +----+------+--------+----+-------+--------+------+------+----+------+------+--------+-------+
 * </pre>
 */
public final class Control {
    /** Translation is on. */
    static final Field IOMMU_ENABLE = Field.bit("IommuEn", 0, 0);
    /** Events are logged. */
    static final Field EVENT_LOG = Field.bit("EventLogEn", 0, 2);
    /** Events raise the interrupt. */
    static final Field EVENT_INTERRUPT = Field.bit("EventIntEn", 0, 3);
    /** Commands are fetched. */
    static final Field COMMANDS = Field.bit("CmdBufEn", 0, 12);
    private static final Field INV_TIMEOUT = Field.bits("InvTimeout", 0, 7, 5);
    private static final Field COHERENT = Field.bit("Coherent", 0, 10);
    private static final Field GUEST = Field.bit("GTEn", 0, 16);
    /** HtTunEn, PassPW, ResPassPW, Isoc: where they stand, in the order in which IVHD has them as flags 0 to 3. */
    private static final Field[] OF_FIRMWARE = {Field.bit("HtTunEn", 0, 1), Field.bit("PassPW", 0, 8),
        Field.bit("ResPassPW", 0, 9), Field.bit("Isoc", 0, 11)};
    /** The register. */
    public static final Layout LAYOUT = Layout.of("Control", 1, IOMMU_ENABLE, OF_FIRMWARE[0], EVENT_LOG,
            EVENT_INTERRUPT, Field.bit("ComWaitIntEn", 0, 4), INV_TIMEOUT, OF_FIRMWARE[1], OF_FIRMWARE[2], COHERENT,
            OF_FIRMWARE[3], COMMANDS, Field.bit("PPRLogEn", 0, 13), Field.bit("PPRIntEn", 0, 14),
            Field.bit("PPREn", 0, 15), GUEST, Field.bit("GAEn", 0, 17));

    /** One second for device TLBs to answer. */
    private static final int ONE_SECOND = 4;

    private Control() {
    }

    /**
     * What the unit is set to before anything is enabled.
     *
     * @param flags of the IVHD
     * @param guestTables true if guest tables may be used
     */
    public static long settings(int flags, boolean guestTables) {
        long word = INV_TIMEOUT.with(ONE_SECOND) | COHERENT.mask() | (guestTables ? GUEST.mask() : 0);
        for (int i = 0; i < OF_FIRMWARE.length; i++) {
            word |= (flags >>> i & 1) != 0 ? OF_FIRMWARE[i].mask() : 0;
        }
        return word;
    }
}
