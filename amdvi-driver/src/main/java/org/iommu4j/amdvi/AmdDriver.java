package org.iommu4j.amdvi;

import java.util.function.Function;
import org.iommu4j.amdvi.domain.DomainForm;
import org.iommu4j.amdvi.firmware.IvrsProbe;
import org.iommu4j.amdvi.handover.UnitRecord;
import org.iommu4j.amdvi.registers.UnitRegisters;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.driver.record.RecordVersion;
import org.iommu4j.driver.unit.Charges;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;

/** The driver for AMD-Vi: host tables that grow, guest tables, pass-through. */
@Component(service = IommuDriver.class, immediate = true, configurationPid = "org.iommu4j.amdvi",
        property = IommuDriver.ARCHITECTURE + "=amdvi")
@Designate(ocd = DriverConfiguration.class)
public final class AmdDriver implements IommuDriver {
    private final int recordVersion;
    private final long boundNanos;
    private final boolean prefersGuest;
    private final Charges<DomainForm, AmdUnit> charges = new Charges<>(AmdUnit::forget);

    @Activate
    public AmdDriver(DriverConfiguration configuration) {
        this(RecordVersion.ofThisBuild(UnitRecord.class), UnitRegisters.BOUND_NANOS,
                DriverConfiguration.V2.equals(configuration.form()));
    }

    /** One that gives new domains host tables. */
    public AmdDriver() {
        this(RecordVersion.ofThisBuild(UnitRecord.class), UnitRegisters.BOUND_NANOS, false);
    }

    /**
     * @param recordVersion of the records that it writes and knows
     * @param boundNanos how long hardware may take
     * @param prefersGuest true if new domains get guest tables where a unit has them
     */
    AmdDriver(int recordVersion, long boundNanos, boolean prefersGuest) {
        this.recordVersion = recordVersion;
        this.boundNanos = boundNanos;
        this.prefersGuest = prefersGuest;
    }

    /** One that gives new domains guest tables where a unit has them. */
    public static AmdDriver withGuestTables() {
        return new AmdDriver(RecordVersion.ofThisBuild(UnitRecord.class), UnitRegisters.BOUND_NANOS, true);
    }

    @Override
    public Probe probe(Machine machine) {
        return IvrsProbe.probe(machine);
    }

    @Override
    public DriverUnit attach(Unit unit) {
        return takeCharge(unit, domains -> UnitStart.start(UnitPorts.of(unit, registers(unit), prefersGuest), domains));
    }

    @Override
    public DriverUnit adopt(Unit unit, HandoverRecord record) {
        return takeCharge(unit, domains -> UnitAdoption.adopt(UnitPorts.of(unit, registers(unit), prefersGuest),
                record, recordVersion, domains));
    }

    private DriverUnit takeCharge(Unit unit, Function<MachineDomains<DomainForm>, UnitParts> how) {
        return charges.take(unit, (domains, onEnd) -> new AmdUnit(how.apply(domains), recordVersion, onEnd));
    }

    private UnitRegisters registers(Unit unit) {
        return new UnitRegisters(unit.description().name(), unit.registers(), boundNanos);
    }
}
