package org.iommu4j.hwsim.machine;

import java.util.List;
import org.iommu4j.api.PciAddress;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.UnitDefinition;
import org.iommu4j.hwsim.device.BusRoute;
import org.iommu4j.hwsim.pci.PciTree;

/**
 * Which unit sits above which device: the one whose scopes name the device, or a bridge above it, nearest first; else
 * the segment's unit without scopes; else none. Immutable.
 */
final class UnitScopes {
    private final List<UnitDefinition> units;
    private final PciTree tree;

    /** @throws org.iommu4j.api.IommuException BAD_INPUT if scopes name no device, or two units claim the same */
    UnitScopes(List<UnitDefinition> units, PciTree tree) {
        this.units = units;
        this.tree = tree;
        for (int i = 0; i < units.size(); i++) {
            check(units.get(i), units.subList(0, i));
        }
    }

    BusRoute route(DeviceDefinition device) {
        int unit = unit(device);
        int base = unit == BusRoute.NO_UNIT ? 0 : units.get(unit).idBase();
        return new BusRoute(base + tree.requesterId(device), unit);
    }

    private int unit(DeviceDefinition device) {
        List<DeviceDefinition> path = tree.path(device);
        for (int hop = path.size() - 1; hop >= 0; hop--) {
            for (int i = 0; i < units.size(); i++) {
                if (units.get(i).scopes().contains(path.get(hop).address())) {
                    return i;
                }
            }
        }
        for (int i = 0; i < units.size(); i++) {
            if (units.get(i).all() && units.get(i).segment() == device.address().segment()) {
                return i;
            }
        }
        return BusRoute.NO_UNIT;
    }

    private void check(UnitDefinition unit, List<UnitDefinition> others) {
        for (PciAddress address : unit.scopes()) {
            if (address.segment() != unit.segment() || tree.at(address) == null) {
                throw unit.source().refuse("scopes", "names " + address + ", which is no device of segment "
                        + unit.segment());
            }
        }
        for (UnitDefinition other : others) {
            if (other.segment() == unit.segment() && other.all() && unit.all()) {
                throw unit.source().refuse("has no scopes, and neither has " + other.name() + " of the same segment");
            }
            if (unit.scopes().stream().anyMatch(other.scopes()::contains)) {
                throw unit.source().refuse("scopes", "names a device that " + other.name() + " names too");
            }
        }
    }
}
