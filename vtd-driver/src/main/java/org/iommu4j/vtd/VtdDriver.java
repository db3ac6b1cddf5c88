package org.iommu4j.vtd;

import java.util.function.Function;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.driver.record.RecordVersion;
import org.iommu4j.driver.unit.Charges;
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.vtd.firmware.DmarProbe;
import org.iommu4j.vtd.handover.UnitRecord;
import org.iommu4j.vtd.registers.UnitRegisters;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The driver for Intel VT-d, legacy and scalable mode: first stage, second stage and pass-through. */
@Component(service = IommuDriver.class, immediate = true, property = IommuDriver.ARCHITECTURE + "=vtd")
public final class VtdDriver implements IommuDriver {
    private final int recordVersion;
    private final long boundNanos;
    private final Charges<DomainForm, VtdUnit> charges = new Charges<>(VtdUnit::forget);

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
        return charges.take(unit, (domains, onEnd) -> new VtdUnit(how.apply(domains), recordVersion, onEnd));
    }

    private UnitRegisters registers(Unit unit) {
        return new UnitRegisters(unit.description().name(), unit.registers(), boundNanos);
    }
}
