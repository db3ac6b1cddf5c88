package org.iommu4j.vtd.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Global Command and Global Status Register, 32 bits each (sections 11.4.4.1 and 11.4.4.2). A command bit and the bit
 * that tells its completion stand at the same place.
 * <pre>
 *        31  30   29   28   27   26   25    24   23  22   0
 *       +---+----+---+-----+----+----+----+-----+---+------+
 * GCMD  |TE |SRTP|SFL| EAFL|WBF |QIE |IRE |SIRTP|CFI|  0   |
 *       +---+----+---+-----+----+----+----+-----+---+------+
 * GSTS  |TES|RTPS|FLS| AFLS|WBFS|QIES|IRES|IRTPS|CFIS| 0   |
 *       +---+----+---+-----+----+----+----+-----+---+------+
 * </pre>
 */
public enum GlobalCommand {
    /** Translation is on. */
    TRANSLATION_ENABLE("TES", 31, true),
    /** Makes the root table pointer the one that Root Table Address holds. */
    SET_ROOT_TABLE_POINTER("RTPS", 30, false),
    /** Makes buffered stores reach memory; the status goes back to 0 when it is done. */
    WRITE_BUFFER_FLUSH("WBFS", 27, false),
    /** The invalidation queue is on. */
    QUEUED_INVALIDATION_ENABLE("QIES", 26, true);

    private static final Field FLS = Field.bit("FLS", 0, 29);
    private static final Field AFLS = Field.bit("AFLS", 0, 28);
    private static final Field IRES = Field.bit("IRES", 0, 25);
    private static final Field IRTPS = Field.bit("IRTPS", 0, 24);
    private static final Field CFIS = Field.bit("CFIS", 0, 23);
    /** GSTS_REG. */
    public static final Layout STATUS = Layout.of("Global Status Register", 1, CFIS, IRTPS, IRES,
            QUEUED_INVALIDATION_ENABLE.status, WRITE_BUFFER_FLUSH.status, AFLS, FLS,
            SET_ROOT_TABLE_POINTER.status, TRANSLATION_ENABLE.status);
    /** What a command must repeat from the status, because it is a state and not a one-shot (section 11.4.4.1). */
    private static final int STATES = (int) (TRANSLATION_ENABLE.status.mask() | AFLS.mask()
            | QUEUED_INVALIDATION_ENABLE.status.mask() | IRES.mask() | CFIS.mask());

    private final Field status;
    private final boolean state;

    GlobalCommand(String status, int bit, boolean state) {
        this.status = Field.bit(status, 0, bit);
        this.state = state;
    }

    /** Name of the status bit. */
    public String statusName() {
        return status.name();
    }

    /** True if it is a state that is turned on and off, false if it is done once. */
    boolean isState() {
        return state;
    }

    /** True if the status says that the command is done, or that the state is on. */
    public boolean in(int globalStatus) {
        return status.in(Integer.toUnsignedLong(globalStatus));
    }

    /** The command word that gives or turns on this command and leaves all else as the status has it. */
    int on(int globalStatus) {
        return globalStatus & STATES | (int) status.mask();
    }

    /** The command word that turns this state off and leaves all else. */
    int off(int globalStatus) {
        return globalStatus & STATES & ~(int) status.mask();
    }
}
