package org.iommu4j.vtd.handover;

import java.util.List;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.vtd.queues.QueuePlace;

/**
 * A record in the driver's own terms; {@link RecordTags} explains the parts.
 *
 * @param ids domain ids that must not be handed out
 * @param counts descriptors sent by type; empty if the former driver did not tell
 * @param handovers how often the unit was taken over; 0 if the former driver did not tell
 */
public record UnitRecord(QueuePlace queue, Root root, MsiMessage interrupt, List<Integer> ids, List<DomainRow> domains,
        List<Long> counts, long handovers) {
    public UnitRecord {
        ids = List.copyOf(ids);
        domains = List.copyOf(domains);
        counts = List.copyOf(counts);
    }

    /** The root table. */
    public record Root(long table, boolean scalable) {
    }

    /**
     * A paging domain.
     *
     * @param id core's number
     * @param root top table
     * @param domainId on this unit, 0 if none of its requesters is in it
     * @param home true if it was allocated on this unit
     * @param tracking true if entries tell hardware to mark what is written
     */
    public record DomainRow(long id, long root, DomainForm form, int domainId, boolean home, boolean tracking) {
    }
}
