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
import org.iommu4j.vtd.domain.MachineDomains;
import org.iommu4j.vtd.firmware.DmarProbe;
import org.iommu4j.vtd.handover.RecordVersion;
import org.iommu4j.vtd.registers.UnitRegisters;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The driver for Intel VT-d, legacy and scalable mode, second-stage translation and pass-through. */
@Component(service = IommuDriver.class, immediate = true, property = IommuDriver.ARCHITECTURE + "=vtd")
public final class VtdDriver implements IommuDriver {
    private final int recordVersion;
    private final long boundNanos;
    /** The domains of the machines on which this driver has units, by machine name. */
    private final Map<String, Charge> charges = new ConcurrentHashMap<>();

    /** A machine's domains, and how many of its units this driver has. */
    private record Charge(MachineDomains domains, int units) {
        Charge with(int more) {
            return units + more == 0 ? null : new Charge(domains, units + more);
        }
    }

    @Activate
    public VtdDriver() {
        this(RecordVersion.ofThisBuild(), UnitRegisters.BOUND_NANOS);
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

    private DriverUnit takeCharge(Unit unit, Function<MachineDomains, UnitParts> how) {
        String machine = unit.machine().name();
        Charge charge = charges.compute(machine,
                (name, known) -> known == null ? new Charge(new MachineDomains(), 1) : known.with(1));
        try {
            return new VtdUnit(how.apply(charge.domains()), recordVersion, () -> endCharge(machine));
        } catch (RuntimeException e) {
            endCharge(machine);
            throw e;
        }
    }

    private void endCharge(String machine) {
        charges.computeIfPresent(machine, (name, known) -> known.with(-1));
    }

    private UnitRegisters registers(Unit unit) {
        return new UnitRegisters(unit.description().name(), unit.registers(), boundNanos);
    }
}
