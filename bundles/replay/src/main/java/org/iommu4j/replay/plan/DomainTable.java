package org.iommu4j.replay.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Settles the domains once the whole trace is known: one for each domain pointer, named by the device with most
 * votes; one for each group whose maps had a {@code dma_*} line but no pointer; and as many unnamed ones as the
 * remaining maps need so that none overlaps in any (their devices may have used the same IOVAs).
 */
final class DomainTable {

    private final Attribution attribution;
    private final List<DomainDraft> byPointer = new ArrayList<>();
    private final Map<Integer, List<DomainDraft>> byDevice = new HashMap<>();
    private final List<DomainDraft> unnamed = new ArrayList<>();
    private final List<DomainDraft> all = new ArrayList<>();
    private DomainDraft latestUnnamed;

    DomainTable(Attribution attribution) {
        this.attribution = attribution;
        for (int number = 0; number < attribution.votes.size(); number++) {
            int device = attribution.votes.winner(number);
            byPointer.add(add(attribution.votes.pointer(number), device));
        }
        EventColumns notes = attribution.notes;
        for (int note = 0; note < notes.size(); note++) {
            boolean deviceAlone = notes.kind(note) == EventColumns.MAP
                    && attribution.pointer(note) < 0 && notes.owner(note) >= 0;
            if (deviceAlone && ofDevice(notes.owner(note)).isEmpty()) {
                add(0, notes.owner(note));
                byDevice.clear();
            }
        }
    }

    private DomainDraft add(long pointer, int device) {
        int group = device < 0 ? 0 : attribution.topology.group(device);
        DomainDraft draft = new DomainDraft(pointer, device, group);
        all.add(draft);
        return draft;
    }

    /** The domain of a pointer by its number in the votes. */
    DomainDraft ofPointer(int number) {
        return byPointer.get(number);
    }

    /** The domains that a device's DMA may use: those of its group, and those it gave a vote to. */
    List<DomainDraft> ofDevice(int device) {
        return byDevice.computeIfAbsent(device, this::find);
    }

    private List<DomainDraft> find(int device) {
        List<DomainDraft> found = new ArrayList<>();
        int group = attribution.topology.group(device);
        for (int i = 0; i < all.size(); i++) {
            DomainDraft draft = all.get(i);
            boolean voted = i < byPointer.size() && attribution.votes.votes(i, device) > 0;
            if (voted || draft.named() && draft.group == group) {
                found.add(draft);
            }
        }
        return found;
    }

    /** The device's domain that was used last and has the range free; null if there is none. */
    DomainDraft freeOfDevice(int device, long iova, long length) {
        DomainDraft best = null;
        for (DomainDraft draft : ofDevice(device)) {
            boolean later = best == null || draft.lastUse > best.lastUse;
            if (later && draft.live.overlapping(iova, length) == null) {
                best = draft;
            }
        }
        return best;
    }

    /**
     * An unnamed domain that has the range free, made now if need be: the one of the map before if that ended where
     * this one begins (both are pieces of one scatter list), else the first.
     */
    DomainDraft freeUnnamed(long iova, long length) {
        if (latestUnnamed == null || latestUnnamed.lastEnd != iova
                || latestUnnamed.live.overlapping(iova, length) != null) {
            latestUnnamed = unnamed.stream().filter(draft -> draft.live.overlapping(iova, length) == null)
                    .findFirst().orElseGet(this::addUnnamed);
        }
        latestUnnamed.lastEnd = iova + length;
        return latestUnnamed;
    }

    private DomainDraft addUnnamed() {
        DomainDraft fresh = new DomainDraft(0, -1, 0);
        unnamed.add(fresh);
        all.add(fresh);
        return fresh;
    }

    /**
     * The domain in which whole mappings fill the range: the device's own, else an unnamed one, else any.
     *
     * @param device -1 if unknown
     * @return null if no domain has exactly this range mapped
     */
    DomainDraft filled(int device, long iova, long length) {
        DomainDraft found = device < 0 ? null : filled(ofDevice(device), iova, length);
        if (found == null) {
            found = filled(unnamed, iova, length);
        }
        return found == null ? filled(all, iova, length) : found;
    }

    /**
     * A domain of the device in which a part of the range is mapped; without a device, an unnamed domain in which
     * moreover no mapping would be split. Null if there is none.
     */
    DomainDraft touched(int device, long iova, long length) {
        return (device < 0 ? unnamed : ofDevice(device)).stream()
                .filter(draft -> draft.live.overlapping(iova, length) != null)
                .filter(draft -> device >= 0 || draft.live.split(iova, length) == null)
                .findFirst().orElse(null);
    }

    private static DomainDraft filled(List<DomainDraft> drafts, long iova, long length) {
        DomainDraft best = null;
        for (DomainDraft draft : drafts) {
            boolean later = best == null || draft.lastUse > best.lastUse;
            if (later && draft.live.filledExactly(iova, length)) {
                best = draft;
            }
        }
        return best;
    }
}
