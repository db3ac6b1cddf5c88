package org.iommu4j.shell;

import java.util.List;
import java.util.Map;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.api.status.DomainReport;
import org.iommu4j.api.status.DriverReport;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.api.status.WalkStep;

/** What core would say of some machines with a unit {@code dmar0} each. */
final class FakeStatus implements UnitStatus {
    volatile UnitState state = UnitState.DRIVEN;
    private final List<String> machines;

    FakeStatus(String... machines) {
        this.machines = List.of(machines);
    }

    @Override
    public List<String> machines() {
        return machines;
    }

    @Override
    public List<UnitReport> units() {
        return machines.stream().map(machine -> new UnitReport(machine, "dmar0", 0xFED9_0000L, "vtd", state,
                state == UnitState.DRIVEN ? "org.iommu4j.vtd 1.0.0" : "", "scalable mode, 4 levels", 2, 5, 1,
                List.of("iotlb=4", "wait=4"),
                List.of("org.iommu4j.vtd 1.0.0 attached it.", "Nothing is waited for."))).toList();
    }

    @Override
    public List<DomainReport> domains() {
        return machines.stream().map(machine -> new DomainReport(machine, 7, DomainType.PAGING, (1L << 48) - 1,
                1L << 12 | 1L << 21 | 1L << 30, List.of(3, 4))).toList();
    }

    @Override
    public List<DriverReport> drivers() {
        return List.of(new DriverReport("vtd", "org.iommu4j.vtd 1.0.0", 21, 100, 2, true));
    }

    @Override
    public List<DmaFault> faults(String machine) {
        return List.of(new DmaFault(System.nanoTime(), "dmar0", PciAddress.parse("01:00.0"), FaultSink.NO_PASID,
                0xFFFF_F000L, Protection.WRITE, 5, "write access not permitted"));
    }

    @Override
    public Map<String, Long> counters(String machine) {
        return FakeMachine.counters();
    }

    @Override
    public List<WalkStep> walk(String machine, PciAddress device, long iova) {
        if (iova == 0) {
            throw IommuException.of(Reason.NO_DEVICE, "%s is not translated", device);
        }
        return List.of(
                new WalkStep("root entry", 0x1000, List.of(0x2001L, 0L), List.of("P=1", "CTP=0x2000")),
                new WalkStep("leaf of " + machine + " for " + Long.toHexString(iova), 0x3008, List.of(-1L),
                        List.of("R=1", "W=1")));
    }
}
