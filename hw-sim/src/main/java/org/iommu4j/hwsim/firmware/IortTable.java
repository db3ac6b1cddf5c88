package org.iommu4j.hwsim.firmware;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.iommu4j.api.PciAddress;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.UnitDefinition;
import org.iommu4j.hwsim.pci.PciTree;

/**
 * Makes an IORT from a definition: one ITS group, a node for each SMMUv3, and a root complex for each PCI segment,
 * whose requester ids it maps to the StreamIDs of the unit above, and those that no unit serves straight to the ITS.
 * StreamIDs and DeviceIDs are the same.
 */
final class IortTable {
    private static final String MODEL = "smmuv3";
    private static final int IDS = 1 << 16;
    private static final int NOBODY = -1;
    private static final int DEVICES_OF_A_BUS = 1 << 8;

    private final MachineDefinition machine;
    private final PciTree tree;
    private final List<UnitDefinition> units;
    private final List<byte[]> nodes = new ArrayList<>();

    /** Requester ids from {@code first} to {@code last}, all of one unit. */
    private record Run(int first, int last, int unit) {
    }

    IortTable(MachineDefinition machine, PciTree tree) {
        this.machine = machine;
        this.tree = tree;
        this.units = machine.units().stream().filter(unit -> unit.model().equals(MODEL)).toList();
    }

    byte[] bytes() {
        nodes.add(itsGroup());
        units.forEach(unit -> nodes.add(unit(unit)));
        machine.devices().stream().map(device -> device.address().segment()).distinct()
                .forEach(segment -> nodes.add(rootComplex(segment)));
        ByteBuffer table = AcpiHeader.buffer(offset(nodes.size()));
        AcpiHeader.write(table, IortLayout.SIGNATURE, IortLayout.REVISION);
        table.putInt(nodes.size()).putInt(IortLayout.TABLE_SIZE).putInt(0);
        nodes.forEach(table::put);
        return AcpiHeader.sealed(table);
    }

    private byte[] itsGroup() {
        ByteBuffer node = node(IortLayout.ITS_GROUP, IortLayout.ITS_GROUP_REVISION, IortLayout.ITS_GROUP_SIZE, 0);
        return node.putInt(1).putInt(0).array();
    }

    /** Its devices' messages, and its own by a single mapping with the DeviceID above theirs. */
    private byte[] unit(UnitDefinition unit) {
        ByteBuffer node = node(IortLayout.SMMU, IortLayout.SMMU_REVISION, IortLayout.SMMU_SIZE, 2);
        node.putLong(unit.base()).putInt(IortLayout.COHACC_OVERRIDE).putInt(0).putLong(0);
        node.putInt(0);
        for (int wire = 0; wire < UnitDefinition.WIRES; wire++) {
            node.putInt(unit.wire() == 0 ? 0 : unit.wire() + wire);
        }
        node.putInt(0).putInt(1);
        mapping(node, unit.idBase(), IDS - 1, unit.idBase(), 0, 0);
        mapping(node, 0, 0, unit.idBase() + IDS, 0, IortLayout.SINGLE_MAPPING);
        return node.array();
    }

    private byte[] rootComplex(int segment) {
        List<Run> runs = runs(owners(segment));
        ByteBuffer node = node(IortLayout.ROOT_COMPLEX, IortLayout.ROOT_COMPLEX_REVISION,
                IortLayout.ROOT_COMPLEX_SIZE, runs.size());
        node.putLong(IortLayout.COHERENT).putInt(0).putInt(segment);
        node.put((byte) machine.physicalAddressBits()).put(new byte[3]);
        for (Run run : runs) {
            int base = run.unit == NOBODY ? 0 : units.get(run.unit).idBase();
            mapping(node, run.first, run.last - run.first, base + run.first, run.unit + 1, 0);
        }
        return node.array();
    }

    /** The unit above each requester id: outer scopes first, so that inner ones win. */
    private int[] owners(int segment) {
        int[] owners = new int[IDS];
        Arrays.fill(owners, NOBODY);
        record Claim(DeviceDefinition device, int unit) {
        }
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < units.size(); i++) {
            UnitDefinition unit = units.get(i);
            if (unit.segment() == segment && unit.all()) {
                Arrays.fill(owners, i);
            }
            for (var scope : unit.segment() == segment ? unit.scopes() : List.<PciAddress>of()) {
                claims.add(new Claim(tree.at(scope), i));
            }
        }
        claims.sort(Comparator.comparing(claim -> tree.path(claim.device).size()));
        for (Claim claim : claims) {
            DeviceDefinition device = claim.device;
            int rid = device.address().rid();
            Arrays.fill(owners, rid, rid + 1, claim.unit);
            if (device.bridge() && device.secondary() != 0) {
                Arrays.fill(owners, device.secondary() * DEVICES_OF_A_BUS,
                        (device.subordinate() + 1) * DEVICES_OF_A_BUS, claim.unit);
            }
        }
        return owners;
    }

    private static List<Run> runs(int[] owners) {
        List<Run> runs = new ArrayList<>();
        int first = 0;
        for (int id = 1; id <= IDS; id++) {
            if (id == IDS || owners[id] != owners[first]) {
                runs.add(new Run(first, id - 1, owners[first]));
                first = id;
            }
        }
        return runs;
    }

    /** @param target index of the output node */
    private void mapping(ByteBuffer node, int input, int more, int output, int target, int flags) {
        node.putInt(input).putInt(more).putInt(output).putInt(offset(target)).putInt(flags);
    }

    private int offset(int index) {
        return IortLayout.TABLE_SIZE + nodes.subList(0, index).stream().mapToInt(node -> node.length).sum();
    }

    /** @param size without mappings, which follow */
    private ByteBuffer node(byte type, byte revision, int size, int mappings) {
        int length = size + mappings * IortLayout.MAPPING_SIZE;
        return AcpiHeader.buffer(length).put(type).putShort((short) length).put(revision).putInt(nodes.size())
                .putInt(mappings).putInt(mappings == 0 ? 0 : size);
    }
}
