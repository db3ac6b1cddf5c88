package org.iommu4j.hwsim.pci;

import org.iommu4j.hwsim.definition.DeviceDefinition;

/**
 * The part of the header that all functions share; PCI Local Bus 3.0 section 6.2, PCI Express Base 5.0 section 7.5.1.1.
 * <pre>
 *        31           24 23           16 15            8 7             0
 *       +-------------------------------+-------------------------------+
 *  0x00 |           device id           |           vendor id           |
 *  0x04 |            status             |            command            |
 *  0x08 |          class code (24 bits)                 |   revision    |
 *  0x0c |     BIST      |  header type  | latency timer | cache line    |
 *       +---------------+---------------+---------------+---------------+
 *  0x34 |                                               | capabilities  |
 *  0x3c |    (by header type)           | interrupt pin | interrupt line|
 *       +-------------------------------+---------------+---------------+
 *  header type: bit 7 multifunction, bits 6:0 layout (0 endpoint, 1 bridge)
 * </pre>
 */
public final class CommonHeader {
    public static final int VENDOR = 0x00;
    public static final int DEVICE = 0x02;
    public static final int COMMAND = 0x04;
    public static final int STATUS = 0x06;
    public static final int REVISION = 0x08;
    public static final int CACHE_LINE = 0x0c;
    public static final int HEADER_TYPE = 0x0e;
    public static final int CAPABILITIES = 0x34;
    public static final int INTERRUPT_LINE = 0x3c;
    public static final int INTERRUPT_PIN = 0x3d;

    /** Command: the function answers memory accesses. */
    public static final int MEMORY = 1 << 1;
    /** Command: the function issues transactions. */
    public static final int BUS_MASTER = 1 << 2;
    /** Command: bits that software can write: I/O, memory, master, parity, SERR#, INTx disable. */
    static final int COMMAND_WRITABLE = 1 | MEMORY | BUS_MASTER | 1 << 6 | 1 << 8 | 1 << 10;
    /** Status: there is a list of capabilities. */
    public static final int HAS_CAPABILITIES = 1 << 4;
    /** Header type: the device has more than one function. */
    public static final int MULTIFUNCTION = 1 << 7;

    private static final int CLASS_SHIFT = 8;

    private CommonHeader() {
    }

    /**
     * @param command at power on
     * @param layout 0 or 1
     * @param capabilities offset of the first one, 0 for none
     */
    static void write(ConfigurationSpace space, DeviceDefinition device, int command, int layout, int revision,
                      int capabilities) {
        space.define16(VENDOR, device.vendor(), 0);
        space.define16(DEVICE, device.device(), 0);
        space.define16(COMMAND, command, COMMAND_WRITABLE);
        space.define16(STATUS, capabilities == 0 ? 0 : HAS_CAPABILITIES, 0);
        space.define(REVISION, device.classCode() << CLASS_SHIFT | revision, 0);
        space.define8(CACHE_LINE, 0, 0xff);
        space.define8(HEADER_TYPE, layout | (device.multifunction() ? MULTIFUNCTION : 0), 0);
        space.define8(CAPABILITIES, capabilities, 0);
        space.define8(INTERRUPT_LINE, 0, 0xff);
    }
}
