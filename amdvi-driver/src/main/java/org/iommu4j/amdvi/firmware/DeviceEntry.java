package org.iommu4j.amdvi.firmware;

import org.iommu4j.acpi.Region;

/**
 * A device entry of an IVHD block (section 5.2.2). Types below 40h have 4 bytes, those below 80h have 8; ACPI-HID
 * entries tell the length of their last field.
 * <pre>
 *                  0      1       3         4              5             7        8     12   16    20     21
 *                 +------+-------+---------+--------------+-------------+--------+
 * 4 bytes         | type |  id   | setting |
 * alias           | type |  id   | setting |      0       |    alias    |   0    |
 * extended        | type |  id   | setting |            extended setting         |
 * special         | type |   0   | setting |    handle    |     id      |variety |
 *                 +------+-------+---------+--------------+-------------+--------+
 * ACPI-HID        | type |  id   | setting |        hardware id (8)     | compatible id (8)  |format|length| unique id
 * </pre>
 *
 * @param offset in the table
 * @param id of the device, or of the first or last one of a range; for special devices the id that they use
 * @param setting what device table entries shall say of interrupts
 * @param alias id under which requests may come; {@code id} without one
 */
record DeviceEntry(int type, int offset, int id, int setting, int alias) {
    static final int PAD_4 = 0x00;
    static final int ALL = 0x01;
    static final int SELECT = 0x02;
    static final int RANGE_START = 0x03;
    static final int RANGE_END = 0x04;
    static final int PAD_8 = 0x40;
    static final int ALIAS_SELECT = 0x42;
    static final int ALIAS_RANGE_START = 0x43;
    static final int EXTENDED_SELECT = 0x46;
    static final int EXTENDED_RANGE_START = 0x47;
    static final int SPECIAL = 0x48;
    static final int ACPI_HID = 0xF0;

    private static final int ID = 1;
    private static final int SETTING = 3;
    private static final int ALIAS = 5;
    private static final int UNIQUE_ID_LENGTH = 21;
    private static final int UNIQUE_ID = 22;
    /** Log2 of the bytes of entries of types 0 to 3Fh; each next 40h types have twice as many. */
    private static final int SHORTEST_LG2 = 2;
    private static final int TYPES_OF_LENGTH_LG2 = 6;

    /** Bytes of the entry that a region begins with. @throws org.iommu4j.api.IommuException BAD_INPUT */
    static int size(Region region) {
        int type = region.u8(0, "device entry type");
        return type == ACPI_HID ? UNIQUE_ID + region.u8(UNIQUE_ID_LENGTH, "unique id length")
                : 1 << SHORTEST_LG2 + (type >>> TYPES_OF_LENGTH_LG2);
    }

    static DeviceEntry parse(Region region) {
        int type = region.u8(0, "device entry type");
        int id = region.u16(type == SPECIAL ? ALIAS : ID, "device entry id");
        return new DeviceEntry(type, region.start(), id, region.u8(SETTING, "device entry setting"),
                isAliased(type) ? region.u16(ALIAS, "device entry alias") : id);
    }

    /** True if requests may come with the alias. */
    boolean isAliased() {
        return isAliased(type);
    }

    private static boolean isAliased(int type) {
        return type == ALIAS_SELECT || type == ALIAS_RANGE_START;
    }

    /** True if it only fills room. */
    boolean isPad() {
        return type == PAD_4 || type == PAD_8;
    }

    /** True if a range begins with it. */
    boolean startsRange() {
        return type == RANGE_START || type == ALIAS_RANGE_START || type == EXTENDED_RANGE_START;
    }

    /** True if it names one device that issues requests. */
    boolean selectsOne() {
        return type == SELECT || type == ALIAS_SELECT || type == EXTENDED_SELECT || type == ACPI_HID;
    }
}
