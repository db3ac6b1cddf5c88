package org.iommu4j.hwsim.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.UnitDefinition;
import org.iommu4j.hwsim.pci.PciTree;

/**
 * Makes a DMAR table from a definition: a DRHD for each VT-d unit, those with scopes first, because a unit that serves
 * all of a segment's other devices is listed last (VT-d 8.3). Interrupt remapping is absent.
 */
final class DmarTable {
    private static final String MODEL = "vtd";
    private static final String OEM = "IOMMU4";
    private static final String OEM_TABLE = "HW-SIM  ";
    private static final String CREATOR = "I4J ";
    private static final int ONE = 1;

    private final MachineDefinition machine;
    private final PciTree tree;

    DmarTable(MachineDefinition machine, PciTree tree) {
        this.machine = machine;
        this.tree = tree;
    }

    byte[] bytes() {
        List<byte[]> units = new ArrayList<>();
        machine.units().stream().filter(unit -> unit.model().equals(MODEL))
                .sorted(Comparator.comparing(UnitDefinition::all)).forEach(unit -> units.add(unit(unit)));
        int length = DmarLayout.HEADER_SIZE + units.stream().mapToInt(bytes -> bytes.length).sum();
        ByteBuffer table = buffer(length);
        writeHeader(table, length);
        units.forEach(table::put);
        table.put(DmarLayout.CHECKSUM, checksum(table.array()));
        return table.array();
    }

    private void writeHeader(ByteBuffer table, int length) {
        table.put(ascii(DmarLayout.SIGNATURE)).putInt(length).put(DmarLayout.REVISION).put((byte) 0);
        table.put(ascii(OEM)).put(ascii(OEM_TABLE)).putInt(ONE).put(ascii(CREATOR)).putInt(ONE);
        table.put((byte) (machine.physicalAddressBits() - 1)).put((byte) 0).put(new byte[DmarLayout.RESERVED]);
    }

    private byte[] unit(UnitDefinition unit) {
        List<byte[]> scopes = unit.scopes().stream().map(address -> scope(tree.at(address))).toList();
        int length = DmarLayout.DRHD_SIZE + scopes.stream().mapToInt(bytes -> bytes.length).sum();
        ByteBuffer drhd = buffer(length);
        drhd.putShort(DmarLayout.DRHD).putShort((short) length);
        drhd.put(unit.all() ? DmarLayout.INCLUDE_PCI_ALL : 0).put((byte) 0);
        drhd.putShort((short) unit.segment()).putLong(unit.base());
        scopes.forEach(drhd::put);
        return drhd.array();
    }

    private byte[] scope(DeviceDefinition device) {
        List<DeviceDefinition> path = tree.path(device);
        int length = DmarLayout.SCOPE_SIZE + path.size() * DmarLayout.HOP_SIZE;
        ByteBuffer scope = buffer(length);
        scope.put(device.bridge() ? DmarLayout.SCOPE_HIERARCHY : DmarLayout.SCOPE_ENDPOINT).put((byte) length);
        scope.putShort((short) 0).put((byte) 0).put((byte) path.get(0).address().bus());
        for (DeviceDefinition hop : path) {
            scope.put((byte) hop.address().device()).put((byte) hop.address().function());
        }
        return scope.array();
    }

    private static byte checksum(byte[] table) {
        byte sum = 0;
        for (byte b : table) {
            sum += b;
        }
        return (byte) -sum;
    }

    private static ByteBuffer buffer(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
