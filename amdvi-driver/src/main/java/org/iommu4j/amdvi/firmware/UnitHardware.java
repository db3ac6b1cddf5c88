package org.iommu4j.amdvi.firmware;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.PciFunction;

/**
 * What firmware says of a unit that its driver needs and core does not.
 *
 * @param function the unit's own address on PCI
 * @param capability offset of its capability block there
 * @param flags of its IVHD
 * @param settings of each requester: what device table entries shall say of interrupts
 */
public record UnitHardware(PciAddress function, int capability, int flags, byte[] settings) {
    private static final int REQUESTERS = 1 << 16;

    /** @throws IommuException NO_DEVICE if the table names no unit with these registers, BAD_INPUT */
    public static UnitHardware of(Machine machine, long registerBase) {
        IvrsTable table = machine.firmwareTable(IvrsTable.SIGNATURE).map(IvrsTable::parse).orElseThrow(
                () -> IommuException.of(Reason.NO_DEVICE, "machine %s has no IVRS table", machine.name()));
        IvrsTable.Ivhd unit = IvrsUnits.best(table).stream().filter(each -> each.base() == registerBase).findFirst()
                .orElseThrow(() -> IommuException.of(Reason.NO_DEVICE, "the IVRS table of machine %s names no unit "
                        + "with registers at %#x", machine.name(), registerBase));
        return new UnitHardware(new PciAddress(unit.segment(), unit.id()), unit.capability(), unit.flags(),
                settings(unit));
    }

    /** @throws IommuException NO_DEVICE if the machine does not have the function */
    public PciFunction in(Machine machine) {
        return machine.functions().stream().filter(each -> each.address().equals(function)).findFirst()
                .orElseThrow(() -> IommuException.of(Reason.NO_DEVICE, "machine %s has no function %s, which the IVRS "
                        + "table names as an IOMMU", machine.name(), function));
    }

    private static byte[] settings(IvrsTable.Ivhd unit) {
        byte[] settings = new byte[REQUESTERS];
        DeviceRanges.visit(unit, (entry, first, last) -> {
            for (int id = first; id <= last; id++) {
                settings[id] |= (byte) entry.setting();
            }
            settings[entry.alias()] |= (byte) entry.setting();
        }, problem -> { });
        unit.entries().stream().filter(entry -> entry.type() == DeviceEntry.SPECIAL)
                .forEach(entry -> settings[entry.id()] |= (byte) entry.setting());
        return settings;
    }
}
