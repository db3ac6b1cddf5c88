package org.iommu4j.system.doubles;

import java.util.function.UnaryOperator;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.machine.Machine;

/**
 * A real driver on false ports.
 *
 * @param ports what the driver sees of a unit
 * @param unit what core sees of the driver's unit
 */
public record DriverDouble(IommuDriver real, UnaryOperator<Unit> ports, UnaryOperator<DriverUnit> unit)
        implements IommuDriver {

    /** A driver that sees other ports than are there. */
    public static DriverDouble on(IommuDriver real, UnaryOperator<Unit> ports) {
        return new DriverDouble(real, ports, UnaryOperator.identity());
    }

    @Override
    public Probe probe(Machine machine) {
        return real.probe(machine);
    }

    @Override
    public DriverUnit attach(Unit lent) {
        return unit.apply(real.attach(ports.apply(lent)));
    }

    @Override
    public DriverUnit adopt(Unit lent, HandoverRecord record) {
        return unit.apply(real.adopt(ports.apply(lent), record));
    }
}
