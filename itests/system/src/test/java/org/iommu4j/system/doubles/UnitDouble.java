package org.iommu4j.system.doubles;

import java.util.List;
import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.driver.UnitCapabilities;
import org.iommu4j.api.status.WalkStep;

/** The real driver's unit as core sees it, with some of its methods exchanged. */
public class UnitDouble implements DriverUnit {
    private final DriverUnit real;

    UnitDouble(DriverUnit real) {
        this.real = real;
    }

    /** A driver that fails to leave a unit: it goes without a record, and the unit runs on. */
    public static IommuDriver withoutRecord(IommuDriver driver) {
        return new DriverDouble(driver, ports -> ports, real -> new UnitDouble(real) {
            @Override
            public HandoverRecord leave() {
                throw IommuException.of(Reason.IO, "this driver keeps no record");
            }
        });
    }

    @Override
    public UnitCapabilities capabilities() {
        return real.capabilities();
    }

    @Override
    public DriverDomain blocked() {
        return real.blocked();
    }

    @Override
    public DriverDomain identity() {
        return real.identity();
    }

    @Override
    public DriverDomain allocate(long id, Set<DomainFlag> flags) {
        return real.allocate(id, flags);
    }

    @Override
    public DriverDomain domain(long id) {
        return real.domain(id);
    }

    @Override
    public AttachMethod attach(int requester, DriverDomain domain) {
        return real.attach(requester, domain);
    }

    @Override
    public void dirtyTracking(DriverDomain domain, boolean on) {
        real.dirtyTracking(domain, on);
    }

    @Override
    public List<WalkStep> walk(int requester, long iova) {
        return real.walk(requester, iova);
    }

    @Override
    public List<String> queueCounts() {
        return real.queueCounts();
    }

    @Override
    public HandoverRecord leave() {
        return real.leave();
    }

    @Override
    public void stop() {
        real.stop();
    }
}
