package org.iommu4j.amdvi.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * The registers that tell where tables and rings lie (section 3.4, offsets 0000h, 0008h, 0010h), and the pointers into
 * the rings (2000h to 2018h).
 * <pre>
 *               63..60 59    56 55..52 51                        12 11   9 8        0
 *              +------+--------+------+----------------------------+------+----------+
 * device table |          0           |         DevTabBase         |  0   |   Size   |
 *              +------+--------+------+----------------------------+------+----------+
 * ring         |  0   | Length |  0   |            Base            |        0        |
 *              +------+--------+------+----------------------------+-----------------+
 * </pre>
 * Size: 4 KiB pages less one. Length: log2 of the entries. A pointer is a byte offset, bits 18 to 4.
 */
public final class BaseRegister {
    private static final Field SIZE = Field.bits("Size", 0, 8, 0);
    private static final Field TABLE = Field.address("DevTabBase", 0, 51, 12);
    private static final Field COMMAND_BASE = Field.address("ComBase", 0, 51, 12);
    private static final Field COMMAND_LENGTH = Field.bits("ComLen", 0, 59, 56);
    private static final Field EVENT_BASE = Field.address("EventBase", 0, 51, 12);
    private static final Field EVENT_LENGTH = Field.bits("EventLen", 0, 59, 56);
    private static final Field POINTER = Field.bits("Ptr", 0, 18, 4);
    /** Device Table Base Address Register. */
    public static final Layout DEVICE_TABLE = Layout.of("Device Table Base Address Register", 1, SIZE, TABLE);
    /** Command Buffer Base Address Register. */
    public static final Layout COMMANDS =
            Layout.of("Command Buffer Base Address Register", 1, COMMAND_BASE, COMMAND_LENGTH);
    /** Event Log Base Address Register. */
    public static final Layout EVENTS = Layout.of("Event Log Base Address Register", 1, EVENT_BASE, EVENT_LENGTH);
    /** Head and tail registers. */
    public static final Layout POINTERS = Layout.of("ring pointer", 1, POINTER);

    private static final int PAGE_LG2 = 12;

    private BaseRegister() {
    }

    /** @param bytes of the table, a multiple of 4 KiB */
    public static long deviceTable(long base, long bytes) {
        return TABLE.with(base) | SIZE.with((bytes >>> PAGE_LG2) - 1);
    }

    /** @param entriesLg2 8 to 15 */
    public static long commands(long base, int entriesLg2) {
        return COMMAND_BASE.with(base) | COMMAND_LENGTH.with(entriesLg2);
    }

    /** @param entriesLg2 8 to 15 */
    public static long events(long base, int entriesLg2) {
        return EVENT_BASE.with(base) | EVENT_LENGTH.with(entriesLg2);
    }

    /** The number of the entry that a pointer register points to. */
    public static int entry(long register) {
        return (int) POINTER.of(register);
    }

    /** The pointer register for an entry. */
    public static long pointer(long entry) {
        return POINTER.with(entry);
    }
}
