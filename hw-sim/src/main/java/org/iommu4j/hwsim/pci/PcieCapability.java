package org.iommu4j.hwsim.pci;

import org.iommu4j.hwsim.definition.PortType;

/**
 * PCI Express capability, version 2; PCI Express Base 5.0 section 7.5.3. A link of one lane at 2.5 GT/s is up on every
 * function that has one; all other fields are zero.
 * <pre>
 *         31         24 23     20 19     16 15            8 7           0
 *        +-------------+---------+---------+---------------+-------------+
 *  +0x00 |   0         |  type   | version |  next         |  id 0x10    |
 *  +0x04 |  device capabilities; bit 15 role-based error reporting       |
 *  +0x0c |  link capabilities; 3:0 speed, 9:4 width                      |
 *  +0x10 |  link status; 3:0 speed, 9:4 width    |  link control         |
 *        +---------------------------------------+-----------------------+
 * </pre>
 */
public final class PcieCapability {
    public static final int ID = 0x10;
    /** Where it lies in every function that has one; it is the last of the list. */
    public static final int OFFSET = 0x60;

    private static final int VERSION = 2;
    private static final int FLAGS = 2;
    private static final int TYPE_SHIFT = 4;
    private static final int DEVICE_CAPABILITIES = 4;
    private static final int ROLE_BASED_ERRORS = 1 << 15;
    private static final int LINK_CAPABILITIES = 0x0c;
    private static final int LINK_STATUS = 0x12;
    private static final int ONE_LANE_2_5_GT = 1 << 4 | 1;

    private PcieCapability() {
    }

    static void write(ConfigurationSpace space, PortType type) {
        space.define16(OFFSET, ID, 0);
        space.define16(OFFSET + FLAGS, type.code() << TYPE_SHIFT | VERSION, 0);
        space.define(OFFSET + DEVICE_CAPABILITIES, ROLE_BASED_ERRORS, 0);
        if (type != PortType.RCIEP) {
            space.define(OFFSET + LINK_CAPABILITIES, ONE_LANE_2_5_GT, 0);
            space.define16(OFFSET + LINK_STATUS, ONE_LANE_2_5_GT, 0);
        }
    }
}
