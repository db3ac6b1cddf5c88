package org.iommu4j.smmuv3.handover;

import java.util.List;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.smmuv3.domain.DomainForm;

/**
 * A record in the driver's own terms; {@link RecordTags} explains the parts.
 *
 * @param asids that must not be handed out
 * @param vmids likewise
 * @param counts commands sent by operation; empty if the former driver did not tell
 * @param handovers how often the unit was taken over; 0 if the former driver did not tell
 */
public record UnitRecord(Commands commands, Events events, Table table, Interrupts interrupts, List<Integer> asids,
        List<Integer> vmids, List<DomainRow> domains, List<Long> counts, long handovers) {
    public UnitRecord {
        asids = List.copyOf(asids);
        vmids = List.copyOf(vmids);
        domains = List.copyOf(domains);
        counts = List.copyOf(counts);
    }

    /** The command queue: its place, size, position, and page of status words or 0. */
    public record Commands(long base, int sizeLg2, long tail, long status) {
    }

    /** The event queue. */
    public record Events(long base, int sizeLg2) {
    }

    /** The stream table. */
    public record Table(long base, int streamBits, int splitBits) {
    }

    /** Where interrupts go; as the registers say where the unit sends none. */
    public record Interrupts(MsiMessage events, MsiMessage errors) {
    }

    /**
     * A paging domain.
     *
     * @param id core's number
     * @param root top table
     * @param tag ASID or VMID on this unit, 0 if none of its streams is in it
     * @param home true if it was allocated on this unit
     * @param tracking true if its marks of writes are being read
     */
    public record DomainRow(long id, long root, DomainForm form, int tag, boolean home, boolean tracking) {
    }
}
