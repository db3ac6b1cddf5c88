package org.iommu4j.exam.made;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.driver.UnitCapabilities;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.status.WalkStep;

/**
 * The driver of the same bundle with a script around it. Steps: {@code activate}, {@code probe},
 * {@code attach} and {@code leave} before the driver's own, {@code adopt} with the record that it is about to read,
 * {@code adopted} and {@code attached} with the unit that it returns, {@code left} with the record that it leaves.
 */
public final class ScriptedDriver implements IommuDriver {
    private IommuDriver driver;

    /** @param properties {@code driver}: the class of the driver */
    public void activate(Map<String, Object> properties) throws ReflectiveOperationException {
        Script.step("activate", null);
        driver = (IommuDriver) Class.forName((String) properties.get("driver")).getConstructor().newInstance();
    }

    @Override
    public Probe probe(Machine machine) {
        Script.step("probe", machine);
        return driver.probe(machine);
    }

    @Override
    public DriverUnit attach(Unit unit) {
        Script.step("attach", unit);
        return scripted(Script.step("attached", driver.attach(unit)));
    }

    @Override
    public DriverUnit adopt(Unit unit, HandoverRecord record) {
        HandoverRecord read = (HandoverRecord) Script.step("adopt", record);
        return scripted(Script.step("adopted", driver.adopt(unit, read)));
    }

    private static DriverUnit scripted(Object unit) {
        return unit == null ? null : new ScriptedUnit((DriverUnit) unit);
    }

    /** The driver's unit; only leaving is scripted. */
    private record ScriptedUnit(DriverUnit unit) implements DriverUnit {
        @Override
        public UnitCapabilities capabilities() {
            return unit.capabilities();
        }

        @Override
        public DriverDomain blocked() {
            return unit.blocked();
        }

        @Override
        public DriverDomain identity() {
            return unit.identity();
        }

        @Override
        public DriverDomain allocate(long id, Set<DomainFlag> flags) {
            return unit.allocate(id, flags);
        }

        @Override
        public DriverDomain domain(long id) {
            return unit.domain(id);
        }

        @Override
        public AttachMethod attach(int requester, DriverDomain domain) {
            return unit.attach(requester, domain);
        }

        @Override
        public void dirtyTracking(DriverDomain domain, boolean on) {
            unit.dirtyTracking(domain, on);
        }

        @Override
        public List<WalkStep> walk(int requester, long iova) {
            return unit.walk(requester, iova);
        }

        @Override
        public List<String> queueCounts() {
            return unit.queueCounts();
        }

        @Override
        public HandoverRecord leave() {
            Script.step("leave", unit);
            return (HandoverRecord) Script.step("left", unit.leave());
        }

        @Override
        public void stop() {
            unit.stop();
        }
    }
}
