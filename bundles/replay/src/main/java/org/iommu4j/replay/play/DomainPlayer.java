package org.iommu4j.replay.play;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Reason;
import org.iommu4j.replay.dma.DmaChannel;
import org.iommu4j.replay.plan.TraceDomain;
import org.iommu4j.replay.plan.TracePlan;

/**
 * Plays the events of one domain, in file order. One thread at a time; between two threads the caller hands over with
 * the usual ordering of a queue.
 */
final class DomainPlayer {
    private final Play play;
    private final TraceDomain trace;
    private final IommuGroup group;
    private final List<DmaChannel> channels = new ArrayList<>();
    private final Prober prober;
    private final SplittableRandom random;
    private final TreeMap<Long, Mapping> standing = new TreeMap<>(Long::compareUnsigned);
    private Domain domain;
    private int next;
    private int turn;

    /** @param writer the word of each frame that this domain's devices write */
    DomainPlayer(Play play, TraceDomain trace, IommuGroup group, int writer) {
        this.play = play;
        this.trace = trace;
        this.group = group;
        this.prober = new Prober(play.frames(), play.verdict(), writer);
        this.random = new SplittableRandom(trace.index());
        group.devices().stream().filter(Play::isGenerator).forEach(each -> channels.add(new DmaChannel(each, 0)));
    }

    String name() {
        return trace.name();
    }

    IommuGroup group() {
        return group;
    }

    boolean hasNext() {
        return next < play.plan().events(trace.index());
    }

    /** Index in the plan of the event that is played next. */
    int nextEvent() {
        return play.plan().event(trace.index(), next);
    }

    /** Plays one event. */
    void step() {
        int event = nextEvent();
        next++;
        TracePlan plan = play.plan();
        switch (plan.kind(event)) {
            case START -> start();
            case MAP -> map(new Mapping(this, plan.iova(event), plan.physical(event), plan.length(event),
                    plan.protection(event)), plan.line(event));
            case UNMAP -> unmap(plan.iova(event), plan.length(event));
        }
        if (plan.kind(event) != TracePlan.Kind.START) {
            play.progress().played();
        }
    }

    private void start() {
        if (play.isPassthrough()) {
            return;
        }
        domain = play.stage().iommu().allocate(group);
        play.stage().iommu().replace(group, domain);
    }

    private void map(Mapping mapping, int line) {
        if (!fits(mapping, line)) {
            return;
        }
        if (!mapping.isMmio()) {
            play.frames().tag(mapping);
        }
        if (play.isPassthrough()) {
            standing.put(mapping.iova, mapping);
            play.progress().mapped(mapping.pages());
            if (!mapping.isMmio()) {
                prober.touchPhysical(mapping, channel());
            }
            return;
        }
        play.stage().domains().map(domain, mapping.iova, mapping.pa, mapping.length, mapping.protection);
        standing.put(mapping.iova, mapping);
        play.progress().mapped(mapping.pages());
        DmaChannel channel = channel();
        prober.touchAll(mapping, channel);
        prober.probeForbidden(mapping, channel);
        if (!mapping.isMmio()) {
            play.board().put(mapping, random);
        }
    }

    private boolean fits(Mapping mapping, int line) {
        String unfit = unfit(mapping);
        if (unfit == null) {
            return true;
        }
        play.progress().unfit(unfit + ", line " + line);
        return false;
    }

    private String unfit(Mapping mapping) {
        if (!mapping.isMmio() && !play.frames().isMemory(mapping.pa, mapping.length)) {
            return String.format("physical address %#x + %#x is no memory of the machine", mapping.pa, mapping.length);
        }
        if (domain != null && Long.compareUnsigned(mapping.iova + mapping.length - 1, domain.lastIova()) > 0) {
            return String.format("IOVA %#x + %#x is beyond the domain's last, %#x", mapping.iova, mapping.length,
                    domain.lastIova());
        }
        return group.reservedRegions().stream()
                .filter(region -> region.overlaps(mapping.iova, mapping.iova + mapping.length - 1)).findFirst()
                .map(region -> String.format("IOVA %#x is in the reserved region %s", mapping.iova, region))
                .orElse(null);
    }

    private void unmap(long iova, long length) {
        Map<Long, Mapping> covered = standing.subMap(iova, true, iova + length - 1, true);
        long pages = 0;
        for (Mapping mapping : covered.values()) {
            play.board().remove(mapping);
            mapping.retire();
            pages += mapping.pages();
        }
        if (pages == 0) {
            return;
        }
        covered.clear();
        if (!play.isPassthrough()) {
            long done = play.stage().domains().unmap(domain, iova, length);
            if (done != length) {
                throw IommuException.of(Reason.IO, "unmap of IOVA %#x + %#x of %s ended after %#x", iova, length,
                        name(), done);
            }
            prober.probeUnmapped(iova, length, channel(), random);
        }
        play.progress().unmapped(pages);
    }

    /** The devices of a group issue DMA in turn. */
    private DmaChannel channel() {
        turn = (turn + 1) % channels.size();
        return channels.get(turn);
    }

    /** 4 KiB pages that are mapped now. */
    long livePages() {
        return standing.values().stream().mapToLong(Mapping::pages).sum();
    }

    int liveMappings() {
        return standing.size();
    }

    /** Proves that the tables hold exactly what stands, and gives the domain back. */
    void finish() {
        if (domain == null) {
            return;
        }
        for (Mapping mapping : standing.values()) {
            play.board().remove(mapping);
            mapping.retire();
            long last = mapping.iova + mapping.length - Frames.PAGE;
            if (play.stage().domains().translate(domain, mapping.iova) != mapping.pa
                    || play.stage().domains().translate(domain, last) != mapping.pa + mapping.length - Frames.PAGE) {
                play.verdict().wrong("at the end IOVA %#x of %s does not translate to %#x", mapping.iova, name(),
                        mapping.pa);
            }
        }
        if (group.domain() == domain) {
            play.stage().iommu().detach(group);
        }
        play.stage().iommu().free(domain);
    }
}
