package org.iommu4j.hwsim.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.pci.PciTree;

/**
 * The register files that a board must have so that it fits a DMAR table: its hardware units and what they serve. Units
 * without registers, as some real tables have them, are left out.
 */
public final class DmarUnits implements TableUnits {
    private static final long PAGE_OFFSET = 0xfff;
    private static final int FEWEST_BITS = 32;
    private static final int MOST_BITS = 52;

    private final String file;
    private final ByteBuffer table;
    private final PciTree tree;
    private final List<Drhd> units = new ArrayList<>();

    /**
     * One unit.
     *
     * @param all true if it serves all of its segment that no other unit names
     * @param scopes those functions and bridges it names that exist
     */
    public record Drhd(long base, int segment, boolean all, List<PciAddress> scopes) {
    }

    /**
     * Reads a table.
     *
     * @param file for messages only
     * @throws IommuException BAD_INPUT, naming file, offset and field
     */
    public DmarUnits(String file, byte[] bytes, PciTree tree) {
        this.file = file;
        this.table = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.tree = tree;
        checkHeader();
        int end = table.getInt(DmarLayout.LENGTH);
        int length;
        for (int at = DmarLayout.HEADER_SIZE; at < end; at += length) {
            require(at, DmarLayout.STRUCTURE_SIZE, end, "remapping structure");
            length = Short.toUnsignedInt(table.getShort(at + DmarLayout.STRUCTURE_LENGTH));
            checkLength(at + DmarLayout.STRUCTURE_LENGTH, length, DmarLayout.STRUCTURE_SIZE, end - at,
                    "remapping structure length");
            if (table.getShort(at) == DmarLayout.DRHD) {
                addUnit(at, at + length);
            }
        }
    }

    /** In the order of the table. */
    public List<Drhd> units() {
        return List.copyOf(units);
    }

    @Override
    public List<Placed> placed() {
        return units.stream().map(unit -> new Placed(unit.base, unit.segment, 0, unit.all, unit.scopes,
                Optional.empty())).toList();
    }

    @Override
    public int physicalAddressBits() {
        return table.get(DmarLayout.HOST_ADDRESS_WIDTH) + 1;
    }

    private void checkHeader() {
        require(0, DmarLayout.HEADER_SIZE, table.capacity(), "header");
        byte[] signature = new byte[DmarLayout.SIGNATURE.length()];
        table.get(0, signature);
        String text = new String(signature, StandardCharsets.ISO_8859_1);
        if (!text.equals(DmarLayout.SIGNATURE)) {
            throw refuse(0, "signature", "is '" + text + "'; units are read from a " + DmarLayout.SIGNATURE);
        }
        checkLength(DmarLayout.LENGTH, table.getInt(DmarLayout.LENGTH), DmarLayout.HEADER_SIZE, table.capacity(),
                "length");
        byte sum = 0;
        for (int at = 0; at < table.getInt(DmarLayout.LENGTH); at++) {
            sum += table.get(at);
        }
        if (sum != 0) {
            throw refuse(DmarLayout.CHECKSUM, "checksum", "is wrong: all bytes add up to " + (sum & 0xff) + ", not 0");
        }
        int bits = physicalAddressBits();
        if (bits < FEWEST_BITS || bits > MOST_BITS) {
            throw refuse(DmarLayout.HOST_ADDRESS_WIDTH, "host address width", String.format(
                    "says %d bits; a machine has %d to %d", bits, FEWEST_BITS, MOST_BITS));
        }
    }

    private void addUnit(int at, int end) {
        require(at, DmarLayout.DRHD_SIZE, end, "DRHD");
        int segment = Short.toUnsignedInt(table.getShort(at + DmarLayout.DRHD_SEGMENT));
        List<PciAddress> scopes = new ArrayList<>();
        int length;
        for (int scope = at + DmarLayout.DRHD_SIZE; scope < end; scope += length) {
            require(scope, DmarLayout.SCOPE_SIZE, end, "device scope");
            length = Byte.toUnsignedInt(table.get(scope + DmarLayout.SCOPE_LENGTH));
            checkLength(scope + DmarLayout.SCOPE_LENGTH, length, DmarLayout.SCOPE_SIZE + DmarLayout.HOP_SIZE,
                    end - scope, "device scope length");
            byte type = table.get(scope);
            if (type == DmarLayout.SCOPE_ENDPOINT || type == DmarLayout.SCOPE_HIERARCHY) {
                follow(segment, scope, scope + length).map(DeviceDefinition::address).ifPresent(scopes::add);
            }
        }
        long base = table.getLong(at + DmarLayout.DRHD_BASE);
        if (base != 0 && (base & PAGE_OFFSET) == 0) {
            boolean all = (table.get(at + DmarLayout.DRHD_FLAGS) & DmarLayout.INCLUDE_PCI_ALL) != 0;
            units.add(new Drhd(base, segment, all, scopes.stream().distinct().toList()));
        }
    }

    private Optional<DeviceDefinition> follow(int segment, int scope, int end) {
        int bus = Byte.toUnsignedInt(table.get(scope + DmarLayout.SCOPE_START_BUS));
        DeviceDefinition found = null;
        for (int hop = scope + DmarLayout.SCOPE_SIZE; hop + 1 < end; hop += DmarLayout.HOP_SIZE) {
            int device = table.get(hop);
            int function = table.get(hop + 1);
            if ((device & ~31) != 0 || (function & ~7) != 0) {
                throw refuse(hop, "device scope path", "is " + device + "." + function + "; the last one is 31.7");
            }
            found = tree.at(PciAddress.of(segment, found == null ? bus : found.secondary(), device, function));
            if (found == null) {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(found);
    }

    private void require(int at, int size, int end, String field) {
        if (size > end - at) {
            throw refuse(at, field, String.format("has %d bytes, but what it lies in ends at %#x", size, end));
        }
    }

    private void checkLength(int at, int length, int least, int most, String field) {
        if (length < least || length > most) {
            throw refuse(at, field, String.format("is %d; it is at least %d, and %d bytes are left", length, least,
                    most));
        }
    }

    private IommuException refuse(int offset, String field, String problem) {
        return IommuException.of(Reason.BAD_INPUT, "%s: DMAR offset %#x: %s %s", file, offset, field, problem);
    }
}
