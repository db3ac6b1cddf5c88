package org.iommu4j.hwsim.definition;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;

/**
 * Configuration space of a function as a real machine showed it, little endian; of it just what the machine needs to
 * place the function: PCI Local Bus 3.0 section 6.1, PCI-to-PCI Bridge Architecture 1.2 section 3.2, PCI Express Base
 * 5.0 section 7.5.3.2. Immutable.
 * <pre>
 *        31           24 23           16 15            8 7             0
 *       +-------------------------------+-------------------------------+
 *  0x00 |           device id           |           vendor id           |
 *  0x04 |  status (20: capability list) |            command            |
 *  0x08 |          class code (24 bits)                 |   revision    |
 *  0x0c |               |  header type  |                               |   7 multifunction, 6:0 layout
 *  0x18 |               |  subordinate  |   secondary   |               |   of bridges, layouts 1 and 2
 *  0x34 |                                               | capabilities  |   0x14 in layout 2
 *       +---------------+---------------+---------------+---------------+
 *  capability: 7:0 id, 15:8 next; PCI Express, id 0x10: 23:20 device/port type
 * </pre>
 */
public final class ConfigurationBytes {
    /** Bytes of a conventional function's space. */
    public static final int CONVENTIONAL = 256;
    /** Bytes of a PCI Express function's space. */
    public static final int EXTENDED = 4096;

    private static final int NO_VENDOR = 0xffff;
    private static final int STATUS = 0x06;
    private static final int CAPABILITY_LIST = 1 << 4;
    private static final int CLASS = 0x08;
    private static final int HEADER_TYPE = 0x0e;
    private static final int LAYOUT_BRIDGE = 1;
    private static final int LAYOUT_CARDBUS = 2;
    private static final int SECONDARY = 0x19;
    private static final int SUBORDINATE = 0x1a;
    private static final int CAPABILITIES = 0x34;
    private static final int CARDBUS_CAPABILITIES = 0x14;
    private static final int PCIE = 0x10;
    private static final int PCIE_FLAGS = 2;

    private final byte[] bytes;

    private ConfigurationBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads hexadecimal digits, two a byte. @throws org.iommu4j.api.IommuException BAD_INPUT, naming the field */
    static ConfigurationBytes parse(DefinitionNode node, String field) {
        String digits = node.text(field);
        if (digits.length() != 2 * CONVENTIONAL && digits.length() != 2 * EXTENDED) {
            throw node.refuse(String.format("has a %s of %d digits; there are %d or %d bytes of two", field,
                    digits.length(), CONVENTIONAL, EXTENDED));
        }
        try {
            ConfigurationBytes read = new ConfigurationBytes(HexFormat.of().parseHex(digits));
            read.check(node, field);
            return read;
        } catch (IllegalArgumentException e) {
            throw node.refuse("has a " + field + " that is not made of hexadecimal digits");
        }
    }

    private void check(DefinitionNode node, String field) {
        if (vendor() == NO_VENDOR) {
            throw node.refuse("has a " + field + " of vendor 0xffff: there is no function");
        }
        if (layout() > LAYOUT_CARDBUS) {
            throw node.refuse(String.format("has a %s with header type %d, the last one is %d", field, layout(),
                    LAYOUT_CARDBUS));
        }
        if (bridge() && secondary() > subordinate()) {
            throw node.refuse(String.format("has a %s with secondary bus %d above subordinate bus %d", field,
                    secondary(), subordinate()));
        }
        int code = portCode();
        if (Arrays.stream(PortType.values()).noneMatch(type -> type.code() == code)) {
            throw node.refuse(String.format("has a %s with the reserved port type %d", field, code));
        }
    }

    /** 256 or 4096. */
    public int length() {
        return bytes.length;
    }

    /** @param offset multiple of 4 */
    public int word(int offset) {
        return half(offset) | half(offset + Short.BYTES) << Short.SIZE;
    }

    /** @param offset multiple of 2 */
    public int half(int offset) {
        return octet(offset) | octet(offset + 1) << Byte.SIZE;
    }

    int vendor() {
        return half(0);
    }

    int device() {
        return half(Short.BYTES);
    }

    int classCode() {
        return word(CLASS) >>> Byte.SIZE;
    }

    boolean multifunction() {
        return octet(HEADER_TYPE) >>> 7 != 0;
    }

    boolean bridge() {
        return layout() == LAYOUT_BRIDGE || layout() == LAYOUT_CARDBUS;
    }

    int secondary() {
        return bridge() ? octet(SECONDARY) : 0;
    }

    int subordinate() {
        return bridge() ? octet(SUBORDINATE) : 0;
    }

    PortType type() {
        int code = portCode();
        return Arrays.stream(PortType.values()).filter(type -> type.code() == code).findFirst().orElseThrow();
    }

    /** Device/port type, or that of conventional PCI; a list of capabilities that runs in a circle ends there. */
    private int portCode() {
        BitSet seen = new BitSet();
        int at = (half(STATUS) & CAPABILITY_LIST) == 0 ? 0
                : octet(layout() == LAYOUT_CARDBUS ? CARDBUS_CAPABILITIES : CAPABILITIES) & ~3;
        while (at != 0 && !seen.get(at)) {
            if (octet(at) == PCIE) {
                return octet(at + PCIE_FLAGS) >>> 4;
            }
            seen.set(at);
            at = octet(at + 1) & ~3;
        }
        return PortType.PCI.code();
    }

    private int layout() {
        return octet(HEADER_TYPE) & 0x7f;
    }

    private int octet(int offset) {
        return Byte.toUnsignedInt(bytes[offset]);
    }
}
