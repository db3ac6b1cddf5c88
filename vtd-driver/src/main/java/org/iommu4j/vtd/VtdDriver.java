package org.iommu4j.vtd;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.driver.record.RecordVersion;
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.vtd.firmware.DmarProbe;
import org.iommu4j.vtd.handover.UnitRecord;
import org.iommu4j.vtd.registers.UnitRegisters;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The driver for Intel VT-d, legacy and scalable mode, second-stage translation and pass-through. */
@Component(service = IommuDriver.class, immediate = true, property = IommuDriver.ARCHITECTURE + "=vtd")
public final class VtdDriver implements IommuDriver {
    private final int recordVersion;
    private final long boundNanos;
    /** The machines on which this driver has units, by name. */
    private final Map<String, Charge> charges = new ConcurrentHashMap<>();

    /** A machine's domains, and those of its units that this driver has, by register base. */
    private record Charge(MachineDomains<DomainForm> domains, Map<Long, VtdUnit> units) {
    }

    @Activate
    public VtdDriver() {
        this(RecordVersion.ofThisBuild(UnitRecord.class), UnitRegisters.BOUND_NANOS);
    }

    /**
     * @param recordVersion of the records that it writes and knows
     * @param boundNanos how long hardware may take
     */
    VtdDriver(int recordVersion, long boundNanos) {
        this.recordVersion = recordVersion;
        this.boundNanos = boundNanos;
    }

    @Override
    public Probe probe(Machine machine) {
        return DmarProbe.probe(machine);
    }

    @Override
    public DriverUnit attach(Unit unit) {
        return takeCharge(unit, domains -> UnitStart.start(unit, registers(unit), domains));
    }

    @Override
    public DriverUnit adopt(Unit unit, HandoverRecord record) {
        return takeCharge(unit,
                domains -> UnitAdoption.adopt(unit, record, recordVersion, registers(unit), domains));
    }

    @Override
    public DriverUnit recover(Unit unit, HandoverRecord record) {
        return takeCharge(unit,
                domains -> UnitRecovery.recover(unit, record, recordVersion, registers(unit), domains));
    }

    private DriverUnit takeCharge(Unit unit, Function<MachineDomains<DomainForm>, UnitParts> how) {
        String machine = unit.machine().name();
        long base = unit.description().registerBase();
        Charge charge = charges.computeIfAbsent(machine,
                name -> new Charge(new MachineDomains<>(), new ConcurrentHashMap<>()));
        VtdUnit former = charge.units().remove(base);
        if (former != null) {
            former.forget(); // it was given up without a word to this driver
        }
        try {
            VtdUnit taken = new VtdUnit(how.apply(charge.domains()), recordVersion, self -> {
                charge.units().remove(base, self);
                dropIfEmpty(machine);
            });
            charge.units().put(base, taken);
            return taken;
        } catch (RuntimeException e) {
            dropIfEmpty(machine);
            throw e;
        }
    }

    private void dropIfEmpty(String machine) {
        charges.computeIfPresent(machine, (name, charge) -> charge.units().isEmpty() ? null : charge);
    }

    private UnitRegisters registers(Unit unit) {
        return new UnitRegisters(unit.description().name(), unit.registers(), boundNanos);
    }
}
