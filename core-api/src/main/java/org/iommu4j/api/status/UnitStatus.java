package org.iommu4j.api.status;

import java.util.List;
import java.util.Map;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.fault.DmaFault;
import org.osgi.annotation.versioning.ProviderType;

/** The state of all machines, for people, health checks and programs. Reports are snapshots. Any thread. */
@ProviderType
public interface UnitStatus {
    /** Names of the machines that core has powered on, sorted. */
    List<String> machines();

    /** Of all machines, in the order of machine and firmware. */
    List<UnitReport> units();

    List<DomainReport> domains();

    List<DriverReport> drivers();

    /** The newest faults that are kept, oldest first. */
    List<DmaFault> faults(String machine);

    /** The machine's own counters, see {@link org.iommu4j.api.machine.Machine#counters()}. */
    Map<String, Long> counters(String machine);

    /**
     * Every table entry between a device and the page of an IOVA.
     *
     * @throws org.iommu4j.api.IommuException NO_DEVICE
     */
    List<WalkStep> walk(String machine, PciAddress device, long iova);
}
