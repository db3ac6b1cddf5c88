package org.iommu4j.core.topology;

import java.util.BitSet;
import java.util.OptionalInt;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PciFunction;

/**
 * Where things lie in one function's configuration space (PCI Express Base 6.0, 7.5.1, 7.5.3, 7.6.3).
 * <pre>
 *        31        24 23        16 15         8 7          0
 *       +------------------------+------------------------+
 *  0x00 |       device id        |       vendor id        |
 *  0x04 |  status (4: cap list)  |        command         |
 *  0x08 |              class code             | revision  |
 *  0x0C |    BIST    | header type| latency   | cache line|
 *  0x18 | sec latency| subordinate| secondary | primary   |  bridges only
 *  0x34 |                                     | first cap |  0x14 in a CardBus bridge
 *       +------------------------+------------------------+
 *  capability: next in 15:8, id in 7:0;  extended, from 0x100: next in 31:20, id in 15:0
 * </pre>
 * Everything read is input from outside: what is malformed is BAD_INPUT, with function and offset.
 */
final class ConfigurationSpace {
    static final int VENDOR = 0x00;
    static final int CLASS = 0x08;
    static final int HEADER_TYPE = 0x0E;
    static final int SECONDARY = 0x19;
    static final int SUBORDINATE = 0x1A;

    /** Header types, bits 6:0. */
    static final int HEADER_ENDPOINT = 0;
    static final int HEADER_BRIDGE = 1;
    static final int HEADER_CARDBUS = 2;

    static final int CAPABILITY_PCIE = 0x10;
    static final int EXTENDED_ACS = 0x0D;

    private static final int STATUS = 0x06;
    private static final int STATUS_CAPABILITIES = 1 << 4;
    private static final int FIRST_CAPABILITY = 0x34;
    private static final int FIRST_CAPABILITY_CARDBUS = 0x14;
    private static final int HEADER_END = 0x40;
    private static final int CONVENTIONAL_END = 0x100;
    private static final int EXTENDED_END = 0x1000;
    private static final int WORD_ALIGNED = ~3;
    private static final int ALL_ONES = -1;

    private final PciFunction function;
    private final int length;

    ConfigurationSpace(PciFunction function) {
        this.function = function;
        this.length = function.configurationLength();
        if (length != CONVENTIONAL_END && length != EXTENDED_END) {
            throw malformed(0, "has %d bytes, must have %d or %d", length, CONVENTIONAL_END, EXTENDED_END);
        }
    }

    int word(int offset) {
        if (offset < 0 || offset + Integer.BYTES > length) {
            throw malformed(offset, "lies outside of its %d bytes", length);
        }
        return function.readConfiguration(offset);
    }

    int half(int offset) {
        return word(offset & WORD_ALIGNED) >>> 8 * (offset & 2) & 0xFFFF;
    }

    int octet(int offset) {
        return word(offset & WORD_ALIGNED) >>> 8 * (offset & 3) & 0xFF;
    }

    /** Bits 6:0 of the header type: how the first 64 bytes are laid out. */
    int layout() {
        return octet(HEADER_TYPE) & 0x7F;
    }

    /** Offset of a capability in the first 256 bytes. */
    OptionalInt capability(int id) {
        if ((half(STATUS) & STATUS_CAPABILITIES) == 0) {
            return OptionalInt.empty();
        }
        BitSet seen = new BitSet();
        int from = layout() == HEADER_CARDBUS ? FIRST_CAPABILITY_CARDBUS : FIRST_CAPABILITY;
        for (int at = octet(from) & WORD_ALIGNED; at != 0; at = octet(from) & WORD_ALIGNED) {
            checkLink(from, at, HEADER_END, CONVENTIONAL_END, seen);
            if (octet(at) == id) {
                return OptionalInt.of(at);
            }
            from = at + 1;
        }
        return OptionalInt.empty();
    }

    /** Offset of a capability beyond the first 256 bytes; empty where those do not exist. */
    OptionalInt extendedCapability(int id) {
        BitSet seen = new BitSet();
        int at = length > CONVENTIONAL_END ? CONVENTIONAL_END : 0;
        while (at != 0) {
            int header = word(at);
            if (header == 0 || header == ALL_ONES) {
                return OptionalInt.empty();
            }
            if ((header & 0xFFFF) == id) {
                return OptionalInt.of(at);
            }
            seen.set(at);
            int next = header >>> 20 & WORD_ALIGNED;
            if (next != 0) {
                checkLink(at, next, CONVENTIONAL_END, length, seen);
            }
            at = next;
        }
        return OptionalInt.empty();
    }

    IommuException malformed(int offset, String format, Object... arguments) {
        return IommuException.of(Reason.BAD_INPUT, "%s: configuration space at offset %#x %s", function.address(),
                offset, String.format(format, arguments));
    }

    private void checkLink(int from, int to, int first, int end, BitSet seen) {
        if (to < first || to >= end) {
            throw malformed(from, "points to capability %#x, outside of %#x-%#x", to, first, end - 1);
        }
        if (seen.get(to)) {
            throw malformed(from, "points back to capability %#x, the list never ends", to);
        }
        seen.set(to);
    }
}
