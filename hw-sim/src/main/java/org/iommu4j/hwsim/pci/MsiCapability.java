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
    /** Where it lies in every function that has one: first of the list, as in QEMU's edu. */
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

    /** @param next offset of the following capability, 0 for none */
    static void write(ConfigurationSpace space, int next) {
        space.define16(OFFSET, next << NEXT_SHIFT | ID, 0);
        space.define16(OFFSET + CONTROL, WIDE, ENABLE | VECTORS_ENABLED);
        space.define(OFFSET + ADDRESS, 0, ADDRESS_WRITABLE);
        space.define(OFFSET + ADDRESS_HIGH, 0, -1);
        space.define16(OFFSET + DATA, 0, 0xffff);
    }

    public static boolean enabled(ConfigurationSpace space) {
        return (space.read16(OFFSET + CONTROL) & ENABLE) != 0;
    }

    /** Where the message is written. */
    public static long address(ConfigurationSpace space) {
        return Integer.toUnsignedLong(space.read(OFFSET + ADDRESS))
                | (long) space.read(OFFSET + ADDRESS_HIGH) << Integer.SIZE;
    }

    /** What is written: the data register in the low half, zero above. */
    public static int data(ConfigurationSpace space) {
        return space.read16(OFFSET + DATA);
    }
}
