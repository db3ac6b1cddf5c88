package org.iommu4j.api.driver;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One unit's ports, as core lends them to the driver in charge. Frames, vectors and the rest outlive the driver: its
 * successor gets the same unit, with the same vectors, and finds the frames through memory and the record. Any thread.
 */
@ProviderType
public interface Unit {
    UnitDescription description();

    Machine machine();

    RegisterSpace registers();

    PhysicalMemory memory();

    /** Frames for this machine's tables and queues; one pool for all units of the machine. */
    PageAllocator frames();

    FaultSink faults();

    /**
     * The message for the interrupt of a name; the same for the same name whichever driver asks.
     *
     * @throws org.iommu4j.api.IommuException NO_SPACE if the machine has no vector left
     */
    MsiMessage interrupt(String name);

    /**
     * Has the interrupt of a name come by a wire, for a unit that sends no messages. To be said once by each driver
     * that takes the unit over.
     *
     * @param line number of the wire as firmware tables give it (on Arm its GSIV)
     * @throws IommuException NOT_SUPPORTED if the machine has no such wire, NO_SPACE as {@link #interrupt}
     */
    default void wire(String name, int line) {
        throw IommuException.of(Reason.NOT_SUPPORTED, "interrupt '%s': no wire %d", name, line);
    }

    /**
     * What to run when the interrupt of a name arrives: on one of core's threads, inside the gate, never twice at once;
     * arrivals during a run lead to one more. Forgotten when the driver leaves.
     */
    void onInterrupt(String name, Runnable handler);
}
