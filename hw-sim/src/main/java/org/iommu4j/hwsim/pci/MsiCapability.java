package org.iommu4j.hwsim.pci;

/**
 * Message-signalled interrupts, 64-bit addresses, one vector, no masking; PCI Local Bus 3.0 section 6.8.1.
 * <pre>
 *         31                           16 15            8 7            0
 *        +-------------------------------+---------------+--------------+
 *  +0x00 |  control                      |  next         |  id 0x05     |
 *  +0x04 |  message address 31:2                                    | 0 |
 *  +0x08 |  message address 63:32                                       |
 *  +0x0c |                               |  message data                |
 *        +-------------------------------+------------------------------+
 *  control: 0 enable, 6:4 vectors enabled (log2), 7 64-bit addresses
 * </pre>
 */
public final class MsiCapability {
    public static final int ID = 0x05;
    /** Where it lies in a device: first of the list, as in QEMU's edu. */
    public static final int OFFSET = 0x40;
    public static final int CONTROL = 2;
    public static final int ADDRESS = 4;
    public static final int ADDRESS_HIGH = 8;
    public static final int DATA = 0x0c;
    /** Control: interrupts are sent as messages. */
    public static final int ENABLE = 1;

    private static final int VECTORS_ENABLED = 7 << 4;
    private static final int WIDE = 1 << 7;
    private static final int NEXT_SHIFT = 8;
    private static final int ADDRESS_WRITABLE = ~3;

    private MsiCapability() {
    }

    /**
     * @param at where it is to lie
     * @param next offset of the following capability, 0 for none
     */
    static void write(ConfigurationSpace space, int at, int next) {
        space.define16(at, next << NEXT_SHIFT | ID, 0);
        space.define16(at + CONTROL, WIDE, ENABLE | VECTORS_ENABLED);
        space.define(at + ADDRESS, 0, ADDRESS_WRITABLE);
        space.define(at + ADDRESS_HIGH, 0, -1);
        space.define16(at + DATA, 0, 0xffff);
    }

    /** @param at where the capability lies */
    public static boolean enabled(ConfigurationSpace space, int at) {
        return (space.read16(at + CONTROL) & ENABLE) != 0;
    }

    /** Where the message is written. @param at where the capability lies */
    public static long address(ConfigurationSpace space, int at) {
        return Integer.toUnsignedLong(space.read(at + ADDRESS))
                | (long) space.read(at + ADDRESS_HIGH) << Integer.SIZE;
    }

    /** What is written: the data register in the low half, zero above. @param at where the capability lies */
    public static int data(ConfigurationSpace space, int at) {
        return space.read16(at + DATA);
    }
}
