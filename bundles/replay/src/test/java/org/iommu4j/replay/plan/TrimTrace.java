package org.iommu4j.replay.plan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.iommu4j.replay.trace.DmaDirection;
import org.iommu4j.replay.trace.Segments;
import org.iommu4j.replay.trace.TraceEvents;
import org.iommu4j.replay.trace.TraceLine;
import org.iommu4j.replay.trace.TraceReader;
import org.iommu4j.replay.trace.TraceSource;

/**
 * Cuts a small trace out of a large one that is still a possible history: the boot, and then a short stretch out of
 * each period of lines. A map stays if it lies in a stretch and its unmap stays or never comes; an unmap stays,
 * wherever it is, if all its maps stay. Kprobe, {@code dma_*} and invalidation lines follow their map or unmap;
 * groups, attaches and phases stay.
 *
 * <pre>TrimTrace TRACE BOOT PERIOD STRETCH &gt; OUT</pre> with the last three in lines
 */
final class TrimTrace implements TraceEvents {

    private final BitSet calls;
    private final BitSet kept = new BitSet();
    private final Map<Long, LaneState> lanes = new HashMap<>();

    /** What waits in one lane for the map or unmap that decides on it. */
    private static final class LaneState {
        private final List<Integer> waiting = new ArrayList<>();
        private boolean mapKept;
        /** True between a map or unmap and the line of its DMA API call. */
        private boolean callSeen;
        private boolean callKept;
    }

    private TrimTrace(BitSet calls) {
        this.calls = calls;
    }

    public static void main(String[] arguments) throws IOException {
        TraceSource source = TraceSource.of(Path.of(arguments[0]));
        trim(source, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]),
                new PrintStream(System.out, false, StandardCharsets.UTF_8));
    }

    static void trim(TraceSource source, int boot, int period, int stretch, PrintStream out) throws IOException {
        TrimTrace trim = new TrimTrace(calls(TracePlan.read(source), boot, period, stretch));
        new TraceReader(source, trim).read();
        try (BufferedReader text = new BufferedReader(new InputStreamReader(source.open(), StandardCharsets.UTF_8))) {
            int number = 0;
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                if (trim.kept.get(++number)) {
                    out.print(line + '\n');
                }
            }
        }
        out.flush();
    }

    /** The lines of the maps and unmaps that stay. */
    private static BitSet calls(TracePlan plan, int boot, int period, int stretch) {
        BitSet calls = new BitSet();
        List<LiveSet> live = plan.domains().stream().map(domain -> new LiveSet()).toList();
        for (int event = 0; event < plan.events(); event++) {
            LiveSet domain = live.get(plan.domain(event));
            switch (plan.kind(event)) {
                case MAP -> {
                    domain.add(plan.iova(event), plan.length(event), plan.line(event));
                    calls.set(plan.line(event), plan.line(event) <= boot || plan.line(event) % period < stretch);
                }
                case UNMAP -> {
                    List<Integer> maps = new ArrayList<>();
                    domain.remove(plan.iova(event), plan.length(event), mapping -> maps.add(mapping.line()));
                    boolean whole = maps.stream().allMatch(calls::get);
                    maps.forEach(line -> calls.set(line, whole));
                    calls.set(plan.line(event), whole);
                }
                default -> { }
            }
        }
        return calls;
    }

    @Override
    public void probeMap(TraceLine line, long domain, long iova, long length, int protection) {
        lane(line).waiting.add(line.number());
    }

    @Override
    public void probeUnmap(TraceLine line, long domain, long iova, long length) {
        lane(line).waiting.add(line.number());
    }

    @Override
    public void dmaUnmapScatter(TraceLine line, String device) {
        lane(line).waiting.add(line.number());
    }

    @Override
    public void map(TraceLine line, long iova, long physical, long length) {
        LaneState lane = lane(line);
        decide(lane, line.number());
        lane.mapKept |= lane.callKept;
    }

    @Override
    public void unmap(TraceLine line, long iova, long length) {
        decide(lane(line), line.number());
    }

    private void decide(LaneState lane, int number) {
        boolean stays = calls.get(number);
        lane.callSeen = true;
        lane.callKept = stays;
        kept.set(number, stays);
        lane.waiting.forEach(waiting -> kept.set(waiting, stays));
        lane.waiting.clear();
    }

    @Override
    public void dmaMap(TraceLine line, String device, DmaDirection direction, Segments segments) {
        LaneState lane = lane(line);
        kept.set(line.number(), lane.mapKept);
        lane.mapKept = false;
        lane.callSeen = false;
    }

    @Override
    public void dmaUnmap(TraceLine line, String device, Segments segments) {
        LaneState lane = lane(line);
        kept.set(line.number(), lane.callSeen && lane.callKept);
        lane.callSeen = false;
    }

    @Override
    public void invalidation(TraceLine line, String kind) {
        LaneState lane = lane(line);
        boolean ofCall = (TraceCounts.isOfIotlb(kind) || TraceCounts.isWait(kind)) && lane.callSeen;
        kept.set(line.number(), !ofCall || lane.callKept);
    }

    @Override
    public void attach(TraceLine line, String device) {
        kept.set(line.number());
    }

    @Override
    public void addToGroup(TraceLine line, int group, String device) {
        kept.set(line.number());
    }

    @Override
    public void phase(TraceLine line, String name) {
        kept.set(line.number());
    }

    private LaneState lane(TraceLine line) {
        long key = (long) line.task() << 32 | (long) line.cpu() << 2 | line.context().ordinal();
        return lanes.computeIfAbsent(key, unused -> new LaneState());
    }
}
