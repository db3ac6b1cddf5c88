package org.iommu4j.qemu.pci;

/**
 * The header of a function's configuration space, as far as its addresses go: PCI Local Bus Specification 3.0, section
 * 6.1, and PCI-to-PCI Bridge Architecture Specification 1.2, section 3.2.
 * <pre>
 *        31            24 23            16 15             8 7              0
 *  0x00 |           device id             |           vendor id            |
 *  0x04 |             status              |            command             |
 *  0x0c |                | header type    |                                |
 *  0x10 |                    base address 0 (to 5, in 0x24)                |
 *  bridges:
 *  0x18 |                |subordinate bus | secondary bus | primary bus    |
 *  0x20 |  memory limit, 31..20 in 31..20 |  memory base, 31..20 in 15..4  |
 *  0x24 |  the same of the prefetchable window                             |
 * </pre>
 */
final class Header {
    static final int ID = 0x00;
    static final int COMMAND = 0x04;
    static final int TYPE = 0x0c;
    static final int BAR = 0x10;
    static final int BUSES = 0x18;
    static final int MEMORY_WINDOW = 0x20;
    static final int PREFETCHABLE_WINDOW = 0x24;

    static final int ABSENT = -1;
    static final int COMMAND_MEMORY = 1 << 1;
    static final int COMMAND_MASTER = 1 << 2;
    /** The lower half of the word; zeros in the upper one leave the status as it is. */
    static final int COMMAND_BITS = 0xffff;

    static final int BAR_IO = 1;
    static final int BAR_TYPE = 0b110;
    static final int BAR_64_BITS = 0b100;
    static final int BAR_FLAGS = 0xf;
    /** Base above limit: the window is closed. */
    static final int CLOSED_WINDOW = 0xfff0;

    private static final int TYPE_SHIFT = 16;
    private static final int TYPE_BITS = 0x7f;
    private static final int MULTIFUNCTION = 0x80;
    private static final int BRIDGE = 1;

    private Header() {
    }

    static boolean isBridge(int word) {
        return (word >>> TYPE_SHIFT & TYPE_BITS) == BRIDGE;
    }

    static boolean isMultifunction(int word) {
        return (word >>> TYPE_SHIFT & MULTIFUNCTION) != 0;
    }

    static int bases(int word) {
        return isBridge(word) ? 2 : 6;
    }

    static int buses(int primary, int secondary, int subordinate) {
        return primary | secondary << 8 | subordinate << 16;
    }

    /** @param last inclusive; base and last + 1 are multiples of 1 MiB below 4 GiB */
    static int window(long base, long last) {
        return (int) (base >>> 16 & CLOSED_WINDOW) | (int) (last >>> 16 & CLOSED_WINDOW) << 16;
    }
}
