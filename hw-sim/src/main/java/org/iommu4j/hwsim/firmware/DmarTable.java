package org.iommu4j.hwsim.firmware;

import java.nio.ByteBuffer;
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
        ByteBuffer table = AcpiHeader.buffer(length);
        AcpiHeader.write(table, DmarLayout.SIGNATURE, DmarLayout.REVISION);
        table.put((byte) (machine.physicalAddressBits() - 1)).put((byte) 0).put(new byte[DmarLayout.RESERVED]);
        units.forEach(table::put);
        return AcpiHeader.sealed(table);
    }

    private byte[] unit(UnitDefinition unit) {
        List<byte[]> scopes = unit.scopes().stream().map(address -> scope(tree.at(address))).toList();
        int length = DmarLayout.DRHD_SIZE + scopes.stream().mapToInt(bytes -> bytes.length).sum();
        ByteBuffer drhd = AcpiHeader.buffer(length);
        drhd.putShort(DmarLayout.DRHD).putShort((short) length);
        drhd.put(unit.all() ? DmarLayout.INCLUDE_PCI_ALL : 0).put((byte) 0);
        drhd.putShort((short) unit.segment()).putLong(unit.base());
        scopes.forEach(drhd::put);
        return drhd.array();
    }

    private byte[] scope(DeviceDefinition device) {
        List<DeviceDefinition> path = tree.path(device);
        int length = DmarLayout.SCOPE_SIZE + path.size() * DmarLayout.HOP_SIZE;
        ByteBuffer scope = AcpiHeader.buffer(length);
        scope.put(device.bridge() ? DmarLayout.SCOPE_HIERARCHY : DmarLayout.SCOPE_ENDPOINT).put((byte) length);
        scope.putShort((short) 0).put((byte) 0).put((byte) path.get(0).address().bus());
        for (DeviceDefinition hop : path) {
            scope.put((byte) hop.address().device()).put((byte) hop.address().function());
        }
        return scope.array();
    }
}
