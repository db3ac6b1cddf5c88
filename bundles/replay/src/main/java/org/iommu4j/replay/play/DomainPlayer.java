package org.iommu4j.replay.play;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.replay.dma.DmaClient;
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
    private final Route route;
    private final List<DmaClient> devices = new ArrayList<>();
    /** Pages that the devices need for themselves. */
    private final List<Mapping> ownPages = new ArrayList<>();
    private final Prober prober;
    private final SplittableRandom random;
    private final TreeMap<Long, Mapping> standing = new TreeMap<>(Long::compareUnsigned);
    private final GoneRanges gone = new GoneRanges();
    private int next;
    private int turn;

    /** @param writer the word of each frame that this domain's devices write */
    DomainPlayer(Play play, TraceDomain trace, IommuGroup group, Route route, int writer) {
        this.play = play;
        this.trace = trace;
        this.group = group;
        this.route = route;
        this.prober = new Prober(play.frames(), play.verdict(), writer);
        this.random = new SplittableRandom(trace.index());
        group.devices().stream().filter(play.cast()::plays).forEach(each -> devices.add(play.cast().client(each, 0)));
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
            case MAP -> map(mapping(event), plan.line(event));
            case UNMAP -> unmap(plan.iova(event), plan.length(event));
        }
        if (plan.kind(event) != TracePlan.Kind.START) {
            play.progress().played();
        }
    }

    private void start() {
        route.start();
        for (DmaClient device : devices) {
            device.ownPage().ifPresent(pa -> {
                Mapping own = new Mapping(this, play.spareIova(ownPages.size()), pa, Frames.PAGE,
                        Protection.READ | Protection.WRITE);
                if (route.unfit(own) != null) {
                    throw IommuException.of(Reason.NOT_SUPPORTED, "no place for a page of the device's own in %s: %s",
                            trace.name(), route.unfit(own));
                }
                route.map(own);
                device.ownPageAt(own.at);
                ownPages.add(own);
            });
        }
    }

    private Mapping mapping(int event) {
        TracePlan plan = play.plan();
        boolean memory = (plan.protection(event) & Protection.MMIO) == 0;
        long pa = plan.physical(event);
        return new Mapping(this, plan.iova(event), memory ? play.cast().frameOf(pa) : pa, plan.length(event),
                plan.protection(event));
    }

    private void map(Mapping mapping, int line) {
        String unfit = unfit(mapping);
        if (unfit != null) {
            play.progress().unfit(unfit + ", line " + line);
            return;
        }
        if (!mapping.isMmio()) {
            play.frames().tag(mapping);
        }
        route.map(mapping);
        if (route.domain() != null) {
            mapping.granted = route.domain().granted(mapping.protection);
        }
        standing.put(mapping.iova, mapping);
        play.progress().mapped(mapping.pages());
        use(mapping);
    }

    private String unfit(Mapping mapping) {
        if (!mapping.isMmio() && !play.frames().isMemory(mapping.pa, mapping.length)) {
            return String.format("physical address %#x + %#x is no memory of the machine", mapping.pa, mapping.length);
        }
        return route.unfit(mapping);
    }

    private void use(Mapping mapping) {
        if (isInReach(mapping) && play.coverage().takesMap(random)) {
            mapping.proved = true;
            touch(mapping);
            if (route.domain() != null) {
                prober.probeForbidden(mapping, device());
            }
        }
        if (route.domain() != null && !mapping.isMmio()) {
            play.board().put(mapping, random);
        }
    }

    /** True unless there are registers behind a mapping that nobody should try. */
    private boolean isInReach(Mapping mapping) {
        return !mapping.isMmio() || route.domain() != null && play.cast().reachesRegisters();
    }

    private void touch(Mapping mapping) {
        if (play.coverage().isWhole() || mapping.isMmio()) {
            prober.touchAll(mapping, device());
        } else {
            prober.touchEnds(mapping, device());
        }
    }

    private void unmap(long iova, long length) {
        Map<Long, Mapping> covered = standing.subMap(iova, true, iova + length - 1, true);
        List<Mapping> former = List.copyOf(covered.values());
        if (former.isEmpty()) {
            return;
        }
        for (Mapping mapping : former) {
            play.board().remove(mapping);
            mapping.retire();
        }
        covered.clear();
        route.unmap(former);
        List<Mapping> proved = former.stream().filter(each -> each.proved).toList();
        if (route.domain() != null && !proved.isEmpty()) {
            prober.probeUnmapped(proved, route.isLazy(), device(), random);
            play.coverage().unmapped();
        }
        if (route.isLazy()) {
            proved.forEach(gone::add);
        }
        play.progress().unmapped(former.stream().mapToLong(Mapping::pages).sum());
    }

    /** The devices of a group issue DMA in turn. */
    private DmaClient device() {
        turn = (turn + 1) % devices.size();
        return devices.get(turn);
    }

    /** 4 KiB pages that are mapped now. */
    long livePages() {
        return standing.values().stream().mapToLong(Mapping::pages).sum();
    }

    int liveMappings() {
        return standing.size();
    }

    /** The first page of memory that is mapped now. */
    Optional<StandingPage> standingPage() {
        return standing.values().stream().filter(each -> !each.isMmio()).findFirst()
                .map(each -> new StandingPage(play.cast().placeOf(trace), each.at));
    }

    /** After the last event: from now on nothing that was unmapped may be reached. */
    void flush() {
        route.flush();
    }

    /** Proves that devices reach exactly what stands, and gives everything back. */
    void finish() {
        Domain domain = route.domain();
        if (domain == null) {
            return;
        }
        for (Mapping mapping : standing.values()) {
            play.board().remove(mapping);
            mapping.retire();
            long last = mapping.length - Frames.PAGE;
            if (play.stage().domains().translate(domain, mapping.at) != mapping.pa
                    || play.stage().domains().translate(domain, mapping.at + last) != mapping.pa + last) {
                play.verdict().wrong("at the end IOVA %#x of %s does not translate to %#x", mapping.at, name(),
                        mapping.pa);
            }
        }
        prober.probeFlushed(gone, standing.values(), device());
        ownPages.forEach(each -> route.unmap(List.of(each)));
        route.end(standing.values());
    }
}
