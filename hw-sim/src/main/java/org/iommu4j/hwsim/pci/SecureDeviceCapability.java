package org.iommu4j.hwsim.pci;

/**
 * Secure device capability block of an IOMMU's own function; AMD 48882 section 3.2.
 * <pre>
 *         31      22 21       15 14       8 7  5 4      1  0
 *        +----------------------------------------------------+
 *  +0x00 |  header: features, revision, type 3, next, id 0x0F |
 *  +0x04 |  register base 31:14                      |  0 | E |   E: registers answer; the base is locked
 *  +0x08 |  register base 63:32                               |
 *  +0x0c |  range, 0                                          |
 *  +0x10 |   0     |  VASize   |  PASize  |GVA |   MsiNum     |   sizes in bits; GVA: 2 is 48 bits
 *  +0x14 |  0: MsiNumGA                                       |
 *        +----------------------------------------------------+
 * </pre>
 * Firmware has set the base up and enabled it before software sees it, so that all of it is read-only.
 */
public final class SecureDeviceCapability {
    public static final int ID = 0x0f;
    /** Where it lies: first of the list, as on all machines that were looked at; interrupts follow. */
    public static final int OFFSET = 0x40;
    /** Where the function's {@link MsiCapability} lies. */
    public static final int MESSAGES = 0x64;
    public static final int BASE_LOW = 4;
    public static final int BASE_HIGH = 8;
    public static final int MISCELLANEOUS = 0x10;
    /** Base: the registers answer. */
    public static final int ENABLE = 1;

    private static final int NEXT_SHIFT = 8;
    private static final int GUEST_48_BITS = 2 << 5;
    private static final int PHYSICAL_SHIFT = 8;
    private static final int VIRTUAL_64_BITS = Long.SIZE << 15;

    private SecureDeviceCapability() {
    }

    /** The miscellaneous information of a unit: widths of addresses; interrupt message 0. */
    public static int miscellaneous(int physicalAddressBits) {
        return GUEST_48_BITS | physicalAddressBits << PHYSICAL_SHIFT | VIRTUAL_64_BITS;
    }

    /**
     * Writes the block into a function's space.
     *
     * @param header with a next pointer of 0
     * @param base of the unit's registers, multiple of 16 KiB
     */
    public static void write(ConfigurationSpace space, int header, long base, int physicalAddressBits) {
        space.define(OFFSET, header | MESSAGES << NEXT_SHIFT, 0);
        space.define(OFFSET + BASE_LOW, (int) base | ENABLE, 0);
        space.define(OFFSET + BASE_HIGH, (int) (base >>> Integer.SIZE), 0);
        space.define(OFFSET + MISCELLANEOUS, miscellaneous(physicalAddressBits), 0);
    }
}
