package org.iommu4j.replay.plan;

import java.util.List;
import org.iommu4j.replay.trace.TraceException;
import org.iommu4j.replay.trace.TraceException.Fault;
import org.iommu4j.replay.trace.TraceReader;
import org.iommu4j.replay.trace.TraceSource;

/**
 * A trace ready to be replayed: events in file order as primitive columns (about 46 bytes each), the sequence of each
 * domain, and the facts for the machine and the report. Deeply immutable as used; safe for any number of threads.
 *
 * <p>Every UNMAP covers whole mappings of its domain without a hole; an unmap of the trace that met holes (maps made
 * before the trace began) is here as one event for each run that it did unmap. No MAP overlaps a live one in its
 * domain. A domain's first event is its START.
 */
public final class TracePlan {

    /** What an event does. */
    public enum Kind {
        MAP, UNMAP, START;

        private static final Kind[] ALL = values();
    }

    private final String name;
    private final EventColumns events;
    private final List<TraceDomain> domains;
    private final int[][] byDomain;
    private final TraceMachine machine;
    private final List<TracePhase> phases;
    private final TraceCounts counts;
    private final TraceAddresses addresses;
    private final LiveSummary live;

    TracePlan(String name, Sequencer sequencer, TraceMachine machine, TraceCounts counts) {
        this.name = name;
        this.events = sequencer.events();
        this.domains = sequencer.domains(machine);
        this.byDomain = byDomain(events, domains.size());
        this.machine = machine;
        this.phases = sequencer.phases();
        this.counts = counts;
        this.addresses = TraceAddresses.of(events);
        this.live = sequencer.live(domains);
    }

    /**
     * Reads a trace and settles its domains.
     *
     * @throws TraceException if the trace cannot be read or cannot be replayed; the message names file and place
     */
    public static TracePlan read(TraceSource source) throws TraceException {
        Attribution attribution = new Attribution();
        TraceReader reader = new TraceReader(source, attribution);
        reader.read();
        if (attribution.maps == 0) {
            throw new TraceException(Fault.NO_USABLE_LINE, source.name(), "not one of its " + reader.lines()
                    + " lines is an iommu:map event", null);
        }
        Sequencer sequencer = new Sequencer(source.name(), attribution);
        sequencer.run();
        TraceMachine machine = TraceMachine.of(attribution.topology, sequencer::maps);
        TraceCounts counts = new TraceCounts(reader.lines(), reader.skipped(), attribution.maps, attribution.unmaps,
                attribution.probed, sequencer.unattributedMaps(), sequencer.unattributedUnmaps(),
                sequencer.unmapsOfNothing(), attribution.invalidations);
        return new TracePlan(source.name(), sequencer, machine, counts);
    }

    private static int[][] byDomain(EventColumns events, int domains) {
        int[] sizes = new int[domains];
        for (int event = 0; event < events.size(); event++) {
            sizes[events.owner(event)]++;
        }
        int[][] sequences = new int[domains][];
        for (int domain = 0; domain < domains; domain++) {
            sequences[domain] = new int[sizes[domain]];
            sizes[domain] = 0;
        }
        for (int event = 0; event < events.size(); event++) {
            int domain = events.owner(event);
            sequences[domain][sizes[domain]++] = event;
        }
        return sequences;
    }

    /** The trace's name, as the user gave it. */
    public String name() {
        return name;
    }

    /** How many events there are: maps, unmaps and starts. */
    public int events() {
        return events.size();
    }

    /** What event {@code event} does; 0 to {@link #events()} - 1 in file order. */
    public Kind kind(int event) {
        return Kind.ALL[events.kind(event)];
    }

    /** The domain it belongs to, by index. */
    public int domain(int event) {
        return events.owner(event);
    }

    /** First IOVA of a map or unmap; a multiple of 4096. */
    public long iova(int event) {
        return events.iova(event);
    }

    /** First physical address of a map; a multiple of 4096. */
    public long physical(int event) {
        return events.physical(event);
    }

    /** Bytes of a map or unmap; a multiple of 4096, above 0. */
    public long length(int event) {
        return events.length(event);
    }

    /** {@link TraceProtection} bits of a map: what the call said, else its direction's, else READ and WRITE. */
    public int protection(int event) {
        return events.protection(event);
    }

    /** The trace's clock at the event, in nanoseconds. */
    public long nanos(int event) {
        return events.nanos(event);
    }

    /** The line the event comes from, 1 for the first. */
    public int line(int event) {
        return events.line(event);
    }

    /** The domains, in the order in which they begin. */
    public List<TraceDomain> domains() {
        return domains;
    }

    /** How many events a domain has. */
    public int events(int domain) {
        return byDomain[domain].length;
    }

    /** The global index of a domain's event {@code i}, in file order; the first is its START. */
    public int event(int domain, int i) {
        return byDomain[domain][i];
    }

    /** Devices and groups. */
    public TraceMachine machine() {
        return machine;
    }

    /** The phases that the workload wrote into the trace, in order. */
    public List<TracePhase> phases() {
        return phases;
    }

    /** What the text held. */
    public TraceCounts counts() {
        return counts;
    }

    /** What the machine must hold. */
    public TraceAddresses addresses() {
        return addresses;
    }

    /** What stays mapped at the end. */
    public LiveSummary live() {
        return live;
    }
}
