package org.iommu4j.hwsim.pci;

/**
 * Header layout 0 beyond {@link CommonHeader}; PCI Local Bus 3.0 sections 6.1 and 6.2.5.
 * <pre>
 *  0x10 ... 0x24  base address registers 0 to 5
 *
 *   31                                    4   3   2   1   0
 *  +---------------------------------------+----+-------+---+
 *  |   base address 31:4                   |pref| type  | 0 |   type 0: 32 bits, type 2: 64 bits, the upper half is
 *  +---------------------------------------+----+-------+---+   in the next register; bit 0 clear: memory
 * </pre>
 */
public final class EndpointHeader {
    public static final int LAYOUT = 0;
    /** Base address registers that a header has. */
    public static final int BARS = 6;
    public static final int BAR0 = 0x10;
    /** Type field of a 64-bit memory register. */
    public static final int WIDE = 2 << 1;

    private EndpointHeader() {
    }

    /** @param size power of two, 16 or more @param address multiple of it, below 4 GiB */
    static void write32BitBar(ConfigurationSpace space, int index, long address, long size) {
        space.define(BAR0 + index * Integer.BYTES, (int) address, (int) -size);
    }

    /** Takes two registers. @param size power of two, 16 or more, up to 2 GiB @param address multiple of it */
    static void write64BitBar(ConfigurationSpace space, int index, long address, long size) {
        space.define(BAR0 + index * Integer.BYTES, (int) address | WIDE, (int) -size);
        space.define(BAR0 + (index + 1) * Integer.BYTES, (int) (address >>> Integer.SIZE), -1);
    }
}
