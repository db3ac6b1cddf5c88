package org.iommu4j.hwsim.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.UnitDefinition;
import org.iommu4j.hwsim.pci.PciTree;

/**
 * The device entries of an IVHD: functions whose requests carry their own id, neighbours as a range; buses whose
 * requests carry an alias, as a range of aliases; and, of the first unit, the IOAPIC and the HPET that every machine of
 * this kind has. The unit's own function is not listed.
 */
final class IvrsDevices {
    private static final int MOST_BYTES = 1 << 16;
    private static final int BUS_SHIFT = 8;
    private static final int LAST_OF_BUS = 0xff;
    /** 00:14.0, where the southbridge is. */
    private static final short SOUTHBRIDGE = 0xa0;

    private final ByteBuffer entries = ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final MachineDefinition machine;
    private final PciTree tree;
    private final UnitDefinition unit;

    IvrsDevices(MachineDefinition machine, PciTree tree, UnitDefinition unit) {
        this.machine = machine;
        this.tree = tree;
        this.unit = unit;
    }

    byte[] bytes() {
        List<DeviceDefinition> served = tree.devices().stream().filter(device -> unit.equals(unitOf(device)))
                .filter(device -> device.unit().isEmpty()).toList();
        Map<Integer, int[]> aliases = new TreeMap<>();
        int first = -1;
        int last = -1;
        for (DeviceDefinition device : served) {
            int rid = device.address().rid();
            int alias = tree.requesterId(device);
            if (alias != rid) {
                int[] buses = aliases.computeIfAbsent(alias, unknown -> new int[] {rid, rid});
                buses[1] = rid;
            } else if (rid == last + 1 && first >= 0) {
                last = rid;
            } else {
                own(first, last);
                first = rid;
                last = rid;
            }
        }
        own(first, last);
        aliases.forEach((alias, rids) -> aliased(alias, rids[0], rids[1]));
        if (machine.units().indexOf(unit) == 0) {
            special(IvrsLayout.IOAPIC, IvrsLayout.INTERRUPTS_PASS);
            special(IvrsLayout.HPET, (byte) 0);
        }
        byte[] bytes = new byte[entries.position()];
        entries.get(0, bytes);
        return bytes;
    }

    /** As the machine routes: the unit that names the device or a bridge above it, nearest first, or the segment's. */
    private UnitDefinition unitOf(DeviceDefinition device) {
        List<DeviceDefinition> path = tree.path(device);
        for (int hop = path.size() - 1; hop >= 0; hop--) {
            for (UnitDefinition each : machine.units()) {
                if (each.scopes().contains(path.get(hop).address())) {
                    return each;
                }
            }
        }
        return machine.units().stream().filter(UnitDefinition::all)
                .filter(each -> each.segment() == device.address().segment()).findFirst().orElse(null);
    }

    private void own(int first, int last) {
        if (first < 0) {
            return;
        }
        if (first == last) {
            entry(IvrsLayout.ONE, first);
        } else {
            entry(IvrsLayout.RANGE, first);
            entry(IvrsLayout.RANGE_END, last);
        }
    }

    /** From the start of the first device's bus to the end of the last one's. */
    private void aliased(int alias, int first, int last) {
        entry(IvrsLayout.ALIAS_RANGE, first >>> BUS_SHIFT << BUS_SHIFT);
        entries.put((byte) 0).putShort((short) alias).put((byte) 0);
        entry(IvrsLayout.RANGE_END, last | LAST_OF_BUS);
    }

    private void special(byte variety, byte settings) {
        entries.put(IvrsLayout.SPECIAL).putShort((short) 0).put(settings);
        entries.put((byte) 0).putShort(SOUTHBRIDGE).put(variety);
    }

    private void entry(byte type, int device) {
        entries.put(type).putShort((short) device).put((byte) 0);
    }
}
