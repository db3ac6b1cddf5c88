package org.iommu4j.amdvi;

import org.iommu4j.amdvi.domain.UnitForms;
import org.iommu4j.amdvi.firmware.UnitHardware;
import org.iommu4j.amdvi.registers.CapabilityBlock;
import org.iommu4j.amdvi.registers.ExtendedFeatures;
import org.iommu4j.amdvi.registers.UnitRegisters;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.driver.memory.TableMemory;

/**
 * A unit as it is found: what firmware, configuration space and registers say of it, none of which changes.
 *
 * @param forms of page tables that it walks
 */
record UnitPorts(Unit unit, UnitHardware hardware, CapabilityBlock block, UnitRegisters registers, UnitForms forms) {
    private static final long ABSENT = -1;

    /** @throws IommuException NO_DEVICE, NOT_SUPPORTED if this driver cannot drive such a unit, BAD_INPUT */
    static UnitPorts of(Unit unit, UnitRegisters registers, boolean prefersGuest) {
        String name = unit.description().name();
        long base = unit.description().registerBase();
        UnitHardware hardware = UnitHardware.of(unit.machine(), base);
        CapabilityBlock block = new CapabilityBlock(name, hardware.in(unit.machine()), hardware.capability());
        if (unit.registers().length() < UnitRegisters.LENGTH) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "%s: its registers end at offset %#x, Status at %#x", name,
                    unit.registers().length(), UnitRegisters.LENGTH);
        }
        if (registers.control() == ABSENT && registers.status() == ABSENT) {
            throw IommuException.of(Reason.NO_DEVICE, "%s: no registers at %#x, they read as all ones", name, base);
        }
        ExtendedFeatures features = block.hasFeatures() ? registers.features() : new ExtendedFeatures(0);
        if (features.hostLevels() == 0 && !features.guestTables()) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "%s walks neither host tables nor guest tables of requests "
                    + "without PASID (EFR %#x)", name, features.word());
        }
        return new UnitPorts(unit, hardware, block, registers,
                new UnitForms(name, features, unit.machine().physicalAddressBits(), prefersGuest));
    }

    String name() {
        return unit.description().name();
    }

    ExtendedFeatures features() {
        return forms.features();
    }

    /** Accesses to tables snoop: Control.Coherent. */
    TableMemory memory() {
        return TableMemory.of(unit, true);
    }
}
