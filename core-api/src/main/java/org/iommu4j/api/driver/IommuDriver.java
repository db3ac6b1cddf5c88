package org.iommu4j.api.driver;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.Machine;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A driver for one IOMMU architecture. Registered with the property {@link #ARCHITECTURE} and, if it wants to be
 * preferred, {@code service.ranking}. Calls of one machine are serialised; different machines may call in parallel.
 */
@ConsumerType
public interface IommuDriver {
    /** Service property: {@code vtd}, {@code smmuv3} or {@code amdvi}. */
    String ARCHITECTURE = "architecture";

    /**
     * Reads the machine's firmware tables. Touches no register and keeps nothing; always gives the same answer for the
     * same tables. Empty if there are no units of this architecture.
     *
     * @throws org.iommu4j.api.IommuException BAD_INPUT, naming table, offset and field
     */
    Probe probe(Machine machine);

    /**
     * Starts a unit: queues and root table are set up and translation is on, with every requester blocked.
     *
     * @throws org.iommu4j.api.IommuException if it cannot be driven; the unit is left off or blocking
     */
    DriverUnit attach(Unit unit);

    /**
     * Takes over a running unit from memory, registers and the record that its former driver left. Cheap: domains are
     * rebuilt when {@link DriverUnit#domain} first asks for them. Nothing in memory or registers is changed before the
     * record has been checked against them.
     *
     * @throws org.iommu4j.api.IommuException BAD_INPUT if the record has a required tag that is unknown, or contradicts
     * memory or registers; the unit is as it was
     */
    DriverUnit adopt(Unit unit, HandoverRecord record);

    /**
     * Takes over a running unit whose driver has died with its process. The record is the last one that
     * {@link DriverUnit#record} gave; positions of queues, and tables below those that it names, have changed since.
     * When it returns, every frame that the unit uses is held (page tables of a domain by the unit that it was
     * allocated on), queues have been polled, and no cache holds anything from before.
     *
     * @param unit whose frames are all free
     * @throws org.iommu4j.api.IommuException BAD_INPUT if the record contradicts memory or registers, NOT_SUPPORTED if
     * this driver cannot do it; tables and registers are as they were
     */
    default DriverUnit recover(Unit unit, HandoverRecord record) {
        throw IommuException.of(Reason.NOT_SUPPORTED, "%s: this driver takes over from none that has died",
                unit.description().name());
    }
}
