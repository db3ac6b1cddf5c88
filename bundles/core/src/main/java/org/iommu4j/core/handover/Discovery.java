package org.iommu4j.core.handover;

import java.util.List;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Seat;

/** What else a machine needs when its units are first known, and when units are started from off. */
public interface Discovery {
    /**
     * Makes the seats of the units, with devices and groups. Called once, before the first unit is started.
     *
     * @throws org.iommu4j.api.IommuException BAD_INPUT
     */
    List<Seat> found(Probe probe, String architecture);

    /**
     * All units of a machine that was left running have been taken over by their record; now domains and groups are.
     * The gate is closed.
     *
     * @throws org.iommu4j.api.IommuException BAD_INPUT if the record contradicts what the units say; then nothing is
     * taken over
     */
    void recovered(Binding binding);

    /**
     * Puts the groups of units that have just been attached, and so block every requester, into their domains. The gate
     * is closed.
     */
    void started(Binding binding, List<Seat> seats);
}
