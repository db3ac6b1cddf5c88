package org.iommu4j.replay.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.replay.trace.DmaDirection;
import org.iommu4j.replay.trace.Segments;
import org.iommu4j.replay.trace.TraceEvents;
import org.iommu4j.replay.trace.TraceLine;

/**
 * Pass 1: notes each map and unmap with what the lines around it in its {@link Lane} tell about its owner.
 * <ul>
 * <li>The kprobe of the same task and CPU with the same range gives the domain pointer (and protection).
 * <li>The next {@code dma_map_*} or {@code dma_alloc} line of the lane that covers a map gives its device, which is
 * a vote for the pointer's name.
 * <li>An unmap without kprobe has the device of the {@code dma_unmap_sg} just before it, else of the next
 * {@code dma_unmap_page} or {@code dma_free} of the lane that covers it.
 * </ul>
 * Naming the domains needs the whole trace and comes after: {@link DomainTable}.
 */
final class Attribution implements TraceEvents {

    private static final int NOBODY = -1;

    final Topology topology = new Topology();
    final DomainVotes votes = new DomainVotes();
    /** Notes in file order; owner: the device's number or -1. */
    final EventColumns notes = new EventColumns();
    /** The number of each note's domain pointer, or -1. */
    private int[] pointers = new int[1 << 12];
    final List<String> phases = new ArrayList<>();
    final Map<String, Integer> invalidations = new TreeMap<>();
    int maps;
    int unmaps;
    int probed;

    private final EventColumns probes = new EventColumns();
    private final Map<Long, Lane> lanes = new HashMap<>();

    int pointer(int note) {
        return pointers[note];
    }

    @Override
    public void probeMap(TraceLine line, long domain, long iova, long length, int protection) {
        probe(EventColumns.MAP, line, domain, iova, length, protection);
    }

    @Override
    public void probeUnmap(TraceLine line, long domain, long iova, long length) {
        probe(EventColumns.UNMAP, line, domain, iova, length, NOBODY);
    }

    private void probe(byte kind, TraceLine line, long domain, long iova, long length, int protection) {
        int row = probes.add(kind, votes.number(domain), line.number(), line.nanos());
        probes.range(row, iova, 0, length, protection);
        lane(line).probes.add(row);
    }

    @Override
    public void map(TraceLine line, long iova, long physical, long length) {
        maps++;
        Lane lane = lane(line);
        int probe = takeProbe(lane, EventColumns.MAP, iova, length);
        int note = note(EventColumns.MAP, line, NOBODY, probe < 0 ? NOBODY : probes.owner(probe));
        notes.range(note, iova, physical, length, probe < 0 ? NOBODY : probes.protection(probe));
        lane.maps.add(note);
    }

    @Override
    public void unmap(TraceLine line, long iova, long length) {
        unmaps++;
        Lane lane = lane(line);
        int probe = takeProbe(lane, EventColumns.UNMAP, iova, length);
        int note = note(EventColumns.UNMAP, line, lane.scatterDevice, probe < 0 ? NOBODY : probes.owner(probe));
        notes.range(note, iova, 0, length, 0);
        if (probe < 0 && lane.scatterDevice < 0) {
            lane.unmaps.add(note);
        }
        lane.scatterDevice = NOBODY;
    }

    private int note(byte kind, TraceLine line, int device, int pointer) {
        int note = notes.add(kind, device, line.number(), line.nanos());
        if (note == pointers.length) {
            pointers = Arrays.copyOf(pointers, note * 2);
        }
        pointers[note] = pointer;
        return note;
    }

    /** The latest waiting kprobe of this call; those before it in the lane had calls that failed. */
    private int takeProbe(Lane lane, byte kind, long iova, long length) {
        Lane.Waiting waiting = lane.probes;
        for (int i = waiting.size() - 1; i >= 0; i--) {
            int row = waiting.row(i);
            if (probes.kind(row) == kind && probes.iova(row) == iova && probes.length(row) == length) {
                waiting.remove(i);
                probed++;
                return row;
            }
        }
        return NOBODY;
    }

    @Override
    public void dmaMap(TraceLine line, String device, DmaDirection direction, Segments segments) {
        int owner = topology.number(device);
        Lane lane = lane(line);
        long above = -1;
        boolean named = false;
        for (int i = lane.maps.size() - 1; i >= 0; i--) {
            int note = lane.maps.row(i);
            long iova = notes.iova(note);
            // Maps of one call ascend, so a map at or above the last one named is another call's at the same IOVA.
            if (Long.compareUnsigned(iova, above) < 0 && covers(segments, iova, notes.length(note))) {
                above = iova;
                nameMap(note, owner, direction);
                lane.maps.remove(i);
                named = true;
            }
        }
        forgetOlder(named, line, lane, lane.maps);
    }

    private static boolean covers(Segments segments, long iova, long length) {
        return segments.touches(iova, length)
                || segments.truncated() && Long.compareUnsigned(iova, segments.address(0)) > 0;
    }

    private void nameMap(int note, int device, DmaDirection direction) {
        notes.owner(note, device);
        if (pointers[note] >= 0) {
            votes.vote(pointers[note], device);
        }
        if (notes.protection(note) < 0) {
            notes.protection(note, TraceProtection.of(direction));
        }
    }

    @Override
    public void dmaUnmap(TraceLine line, String device, Segments segments) {
        int owner = topology.number(device);
        Lane lane = lane(line);
        boolean named = false;
        for (int i = lane.unmaps.size() - 1; i >= 0; i--) {
            int note = lane.unmaps.row(i);
            if (segments.touches(notes.iova(note), notes.length(note))) {
                notes.owner(note, owner);
                lane.unmaps.remove(i);
                named = true;
            }
        }
        forgetOlder(named, line, lane, lane.unmaps);
    }

    /**
     * A lane is sequential where flags tell the interrupt depth: what is older than a line that named something, no
     * line will name. A line that named nothing may be the IOMMU's own, about a table page, in the middle of a call.
     */
    private static void forgetOlder(boolean named, TraceLine line, Lane lane, Lane.Waiting waiting) {
        if (named) {
            lane.scatterDevice = NOBODY;
            if (line.flagged()) {
                waiting.clear();
            }
        }
    }

    @Override
    public void dmaUnmapScatter(TraceLine line, String device) {
        lane(line).scatterDevice = topology.number(device);
    }

    @Override
    public void attach(TraceLine line, String device) {
        note(EventColumns.START, line, topology.number(device), NOBODY);
    }

    @Override
    public void addToGroup(TraceLine line, int group, String device) {
        topology.join(topology.number(device), group);
    }

    @Override
    public void invalidation(TraceLine line, String kind) {
        invalidations.merge(kind, 1, Integer::sum);
    }

    @Override
    public void phase(TraceLine line, String name) {
        note(EventColumns.PHASE, line, phases.size(), NOBODY);
        phases.add(name);
    }

    private Lane lane(TraceLine line) {
        long key = (long) line.task() << 32 | (long) line.cpu() << 2 | line.context().ordinal();
        return lanes.computeIfAbsent(key, unused -> new Lane());
    }
}
