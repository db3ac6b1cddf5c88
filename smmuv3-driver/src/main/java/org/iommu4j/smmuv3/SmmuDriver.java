package org.iommu4j.smmuv3;

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
import org.iommu4j.smmuv3.domain.DomainForm;
import org.iommu4j.smmuv3.firmware.IortProbe;
import org.iommu4j.smmuv3.handover.UnitRecord;
import org.iommu4j.smmuv3.registers.UnitRegisters;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The driver for Arm SMMUv3: stage 1, stage 2 and pass-through. */
@Component(service = IommuDriver.class, immediate = true, property = IommuDriver.ARCHITECTURE + "=smmuv3")
public final class SmmuDriver implements IommuDriver {
    private final int recordVersion;
    private final long boundNanos;
    private final Charges<DomainForm, SmmuUnit> charges = new Charges<>(SmmuUnit::forget);

    @Activate
    public SmmuDriver() {
        this(RecordVersion.ofThisBuild(UnitRecord.class), UnitRegisters.BOUND_NANOS);
    }

    /**
     * @param recordVersion of the records that it writes and knows
     * @param boundNanos how long hardware may take
     */
    SmmuDriver(int recordVersion, long boundNanos) {
        this.recordVersion = recordVersion;
        this.boundNanos = boundNanos;
    }

    @Override
    public Probe probe(Machine machine) {
        return IortProbe.probe(machine);
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

    private DriverUnit takeCharge(Unit unit, Function<MachineDomains<DomainForm>, UnitParts> how) {
        return charges.take(unit, (domains, onEnd) -> new SmmuUnit(how.apply(domains), recordVersion, onEnd));
    }

    private UnitRegisters registers(Unit unit) {
        return new UnitRegisters(unit.description().name(), unit.registers(), boundNanos);
    }
}
