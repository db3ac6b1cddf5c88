package org.iommu4j.api.status;

import java.util.List;

/**
 * One unit at this moment.
 *
 * @param driver bundle symbolic name and version of who is in charge, or empty
 * @param capabilities the driver's one-line summary, or empty
 * @param domains paging domains allocated on it
 * @param devices functions that it serves
 * @param faults reported since power on
 * @param queue descriptors by kind, as the driver counts them
 * @param why one sentence a fact: what was tried with which driver and how it ended; what is waited for
 */
public record UnitReport(String machine, String name, long registerBase, String architecture, UnitState state,
        String driver, String capabilities, int domains, int devices, long faults, List<String> queue,
        List<String> why) {
    public UnitReport {
        queue = List.copyOf(queue);
        why = List.copyOf(why);
    }
}
