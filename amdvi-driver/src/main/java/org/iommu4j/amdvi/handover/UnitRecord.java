package org.iommu4j.amdvi.handover;

import java.util.List;
import org.iommu4j.amdvi.domain.DomainForm;
import org.iommu4j.amdvi.queues.CommandPlace;
import org.iommu4j.api.machine.MsiMessage;

/**
 * A record in the driver's own terms; {@link RecordTags} explains the parts.
 *
 * @param eventRing base of the event log
 * @param deviceTable base of the device table
 * @param ids domain ids that must not be handed out
 * @param counts commands sent by operation code; empty if the former driver did not tell
 * @param handovers how often the unit was taken over; 0 if the former driver did not tell
 */
public record UnitRecord(CommandPlace commands, long eventRing, long deviceTable, MsiMessage interrupt,
        List<Integer> ids, List<DomainRow> domains, List<Long> counts, long handovers) {
    public UnitRecord {
        ids = List.copyOf(ids);
        domains = List.copyOf(domains);
        counts = List.copyOf(counts);
    }

    /**
     * A paging domain.
     *
     * @param id core's number
     * @param root top table, as it is now
     * @param form with the levels that the table has now
     * @param domainId on this unit, 0 if none of its requesters is in it
     * @param home true if it was allocated on this unit
     * @param tracking true if entries tell hardware to mark what is written
     */
    public record DomainRow(long id, long root, DomainForm form, int domainId, boolean home, boolean tracking) {
    }
}
