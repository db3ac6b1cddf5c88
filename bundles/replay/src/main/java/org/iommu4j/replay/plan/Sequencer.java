package org.iommu4j.replay.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.iommu4j.replay.plan.LiveSet.Mapping;
import org.iommu4j.replay.trace.TraceException;
import org.iommu4j.replay.trace.TraceException.Fault;

/**
 * Walks the notes once more, in file order, with the domains settled: gives each map and unmap its domain, starts
 * domains, and checks that the sequence can be replayed. What a kprobe said is never doubted; what only a
 * {@code dma_*} line or nothing said must agree with what is mapped, or the range's owner is searched there.
 */
final class Sequencer {

    private final String trace;
    private final Attribution attribution;
    private final EventColumns notes;
    private final DomainTable table;
    private final EventColumns events = new EventColumns();
    private final List<DomainDraft> begun = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private final List<TracePhase> phases = new ArrayList<>();
    private final BitSet mappingDevices = new BitSet();
    private int unattributedMaps;
    private int unattributedUnmaps;
    private int unmapsOfNothing;
    private long bytes;
    private long peakBytes;

    Sequencer(String trace, Attribution attribution) {
        this.trace = trace;
        this.attribution = attribution;
        this.notes = attribution.notes;
        this.table = new DomainTable(attribution);
    }

    void run() throws TraceException {
        for (int note = 0; note < notes.size(); note++) {
            switch (notes.kind(note)) {
                case EventColumns.MAP -> map(note);
                case EventColumns.UNMAP -> unmap(note);
                case EventColumns.START -> attach(note);
                default -> phases.add(new TracePhase(attribution.phases.get(notes.owner(note)), events.size(),
                        notes.nanos(note)));
            }
        }
        events.trim();
    }

    private void attach(int note) {
        int device = notes.owner(note);
        List<DomainDraft> drafts = table.ofDevice(device);
        boolean first = drafts.stream().allMatch(draft -> draft.index < 0);
        if (first && !drafts.isEmpty()) {
            begin(drafts.get(0), note);
        }
    }

    private void begin(DomainDraft draft, int note) {
        draft.index = begun.size();
        begun.add(draft);
        starts.add(events.add(EventColumns.START, draft.index, notes.line(note), notes.nanos(note)));
    }

    private void map(int note) throws TraceException {
        long iova = notes.iova(note);
        long length = notes.length(note);
        DomainDraft draft = mapDomain(note);
        Mapping there = draft.live.overlapping(iova, length);
        if (there != null) {
            throw new TraceException(Fault.OVERLAPPING_MAP, trace, notes.line(note), "the map of " + text(iova, length)
                    + " overlaps the one of line " + there.line() + ", " + text(there.iova(), there.length())
                    + ", in " + name(draft));
        }
        if (draft.index < 0) {
            begin(draft, note);
        }
        draft.live.add(iova, length, notes.line(note));
        draft.lastUse = note;
        bytes += length;
        peakBytes = Math.max(peakBytes, bytes);
        unattributedMaps += draft.named() ? 0 : 1;
        if (draft.named()) {
            mappingDevices.set(draft.device);
        }
        int event = events.add(EventColumns.MAP, draft.index, notes.line(note), notes.nanos(note));
        int protection = notes.protection(note);
        events.range(event, iova, notes.physical(note), length,
                protection < 0 ? TraceProtection.READ | TraceProtection.WRITE : protection);
    }

    private DomainDraft mapDomain(int note) {
        if (attribution.pointer(note) >= 0) {
            return table.ofPointer(attribution.pointer(note));
        }
        long iova = notes.iova(note);
        long length = notes.length(note);
        DomainDraft draft = notes.owner(note) < 0 ? null : table.freeOfDevice(notes.owner(note), iova, length);
        return draft != null ? draft : table.freeUnnamed(iova, length);
    }

    private void unmap(int note) throws TraceException {
        long iova = notes.iova(note);
        long length = notes.length(note);
        DomainDraft draft = attribution.pointer(note) >= 0 ? table.ofPointer(attribution.pointer(note))
                : unmapDomain(notes.owner(note), iova, length);
        if (draft == null || draft.live.overlapping(iova, length) == null) {
            unmapsOfNothing++;
            return;
        }
        Mapping split = draft.live.split(iova, length);
        if (split != null) {
            throw new TraceException(Fault.SPLITTING_UNMAP, trace, notes.line(note), "the unmap of "
                    + text(iova, length) + " covers only a part of the map of line " + split.line() + ", "
                    + text(split.iova(), split.length()) + ", in " + name(draft));
        }
        unattributedUnmaps += draft.named() ? 0 : 1;
        removeRuns(draft, note);
    }

    /** Without a pointer: where the range is exactly mapped, else where any of it is. */
    private DomainDraft unmapDomain(int device, long iova, long length) {
        DomainDraft filled = table.filled(device, iova, length);
        return filled != null ? filled : table.touched(device, iova, length);
    }

    private void removeRuns(DomainDraft draft, int note) {
        long[] run = new long[2];
        draft.live.remove(notes.iova(note), notes.length(note), mapping -> {
            if (run[1] > 0 && run[0] + run[1] != mapping.iova()) {
                addUnmap(draft, note, run[0], run[1]);
                run[1] = 0;
            }
            run[0] = run[1] == 0 ? mapping.iova() : run[0];
            run[1] += mapping.length();
        });
        addUnmap(draft, note, run[0], run[1]);
    }

    private void addUnmap(DomainDraft draft, int note, long iova, long length) {
        bytes -= length;
        int event = events.add(EventColumns.UNMAP, draft.index, notes.line(note), notes.nanos(note));
        events.range(event, iova, 0, length, 0);
    }

    private static String text(long iova, long length) {
        return "0x" + Long.toHexString(iova) + "-0x" + Long.toHexString(iova + length - 1);
    }

    private String name(DomainDraft draft) {
        if (draft.named()) {
            return attribution.topology.name(draft.device);
        }
        return draft.pointer != 0 ? "domain:0x" + Long.toHexString(draft.pointer) : "unnamed";
    }

    EventColumns events() {
        return events;
    }

    List<TracePhase> phases() {
        return List.copyOf(phases);
    }

    /** The domains that have begun, named. */
    List<TraceDomain> domains(TraceMachine machine) {
        List<TraceDomain> domains = new ArrayList<>();
        int unnamed = 0;
        for (DomainDraft draft : begun) {
            String name = name(draft);
            if (!draft.named() && draft.pointer == 0 && ++unnamed > 1) {
                name += "-" + unnamed;
            }
            String device = draft.named() ? name : null;
            int group = device == null ? -1 : machine.device(device).group();
            domains.add(new TraceDomain(draft.index, name, draft.pointer, device, group, starts.get(draft.index)));
        }
        return List.copyOf(domains);
    }

    LiveSummary live(List<TraceDomain> domains) {
        TreeMap<String, Long> pages = new TreeMap<>();
        int mappings = 0;
        for (TraceDomain domain : domains) {
            LiveSet left = begun.get(domain.index()).live;
            mappings += left.size();
            if (left.size() > 0) {
                pages.merge(name(begun.get(domain.index())), left.bytes() >>> TraceAddresses.PAGE_SHIFT, Long::sum);
            }
        }
        return new LiveSummary(mappings, bytes, Collections.unmodifiableSortedMap(pages),
                peakBytes >>> TraceAddresses.PAGE_SHIFT);
    }

    /** Whether a device names a domain that maps something. */
    boolean maps(int device) {
        return mappingDevices.get(device);
    }

    int unattributedMaps() {
        return unattributedMaps;
    }

    int unattributedUnmaps() {
        return unattributedUnmaps;
    }

    int unmapsOfNothing() {
        return unmapsOfNothing;
    }
}
