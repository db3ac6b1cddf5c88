package org.iommu4j.hwsim.pci;

import org.iommu4j.hwsim.definition.AcsDefinition;

/**
 * Access Control Services, an extended capability; PCI Express Base 5.0 section 7.7.8. Software can turn on what the
 * capability implements; nothing here enforces it: groups are computed from these bits.
 * <pre>
 *         31             20 19     16 15                               0
 *        +-----------------+---------+----------------------------------+
 *  +0x00 |  next (0)       | version |  id 0x000d                       |
 *  +0x04 |  control                  |  capability                      |
 *        +---------------------------+----------------------------------+
 *  wide, as in Intel's platform hubs of the Sunrise Point time (100 Series PCH datasheet, volume 2):
 *  +0x04 |  capability, 32 bits                                         |
 *  +0x08 |  control, 32 bits                                            |
 *        +--------------------------------------------------------------+
 *  both: 0 source validation, 1 translation blocking, 2 request redirect, 3 completion redirect,
 *        4 upstream forwarding, 5 egress control, 6 direct translated P2P
 * </pre>
 */
public final class AcsCapability {
    public static final int ID = 0x000d;
    /** Where it lies in every function that has one: where extended capabilities begin. */
    public static final int OFFSET = 0x100;
    public static final int CAPABILITY = 4;
    public static final int CONTROL = 6;
    public static final int WIDE_CONTROL = 8;

    private static final int VERSION = 1;
    private static final int VERSION_SHIFT = 16;

    private AcsCapability() {
    }

    static void write(ConfigurationSpace space, AcsDefinition acs) {
        space.define(OFFSET, VERSION << VERSION_SHIFT | ID, 0);
        space.define16(OFFSET + CAPABILITY, acs.capability(), 0);
        space.define16(OFFSET + (acs.wide() ? WIDE_CONTROL : CONTROL), acs.control(), acs.capability());
    }
}
