package org.iommu4j.replay.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.iommu4j.replay.plan.RealTraces.Expectation;
import org.iommu4j.replay.trace.TraceSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RealTracesTest {

    private static final Pattern PREFIX = Pattern.compile("^ *(.*)-(\\d+) +(\\[\\d+\\]) [^ ]+ +([0-9.]+: )");
    private static final Pattern ASSIGNED = Pattern.compile("cache_tag_assign: .* did (\\d+) ");
    private static final Pattern ATTACHED = Pattern.compile("attach_device_to_domain: IOMMU: device=(.*)");
    private static final Pattern FLUSHED = Pattern.compile("cache_tag_flush_range: .* did (\\d+) \\[0x([0-9a-f]+)-");

    static Stream<String> traces() {
        return RealTraces.NAMES.stream();
    }

    @ParameterizedTest
    @MethodSource("traces")
    void leavesMappedExactlyWhatWasCountedIndependently(String trace) throws IOException {
        Expectation expected = RealTraces.expected(trace);
        TracePlan plan = TracePlan.read(RealTraces.source(trace));
        assertEquals(expected, new Expectation(plan.counts().lines(), plan.counts().maps(), plan.counts().unmaps(),
                plan.live().bytes(), plan.live().pages(), new TreeMap<>(plan.live().pagesByDevice())));
        assertEquals(0, plan.counts().unmapsOfNothing());
        assertEquals(plan.counts().maps() + plan.counts().unmaps() + plan.domains().size(), plan.events());
    }

    /**
     * The domain id that Linux printed at each strict unmap is a second witness, which attribution does not use: it
     * must be the id given to the group of the domain that the plan says.
     */
    @Test
    void everyUnmapOfTheStrictTraceIsInTheDomainWhoseIdLinuxFlushed() throws IOException {
        TracePlan plan = TracePlan.read(RealTraces.source("vtd-legacy-strict"));
        Map<String, String> idByDevice = new HashMap<>();
        List<String> flushes = new ArrayList<>();
        try (Stream<String> text = RealTraces.text("vtd-legacy-strict")) {
            String[] assigned = new String[1];
            text.forEach(line -> witness(line, assigned, idByDevice, flushes));
        }
        Map<String, Integer> expected = new TreeMap<>();
        flushes.forEach(flush -> expected.merge(flush, 1, Integer::sum));
        Map<String, Integer> planned = new TreeMap<>();
        for (int event = 0; event < plan.events(); event++) {
            if (plan.kind(event) == TracePlan.Kind.UNMAP) {
                String device = plan.domains().get(plan.domain(event)).device();
                planned.merge(idByDevice.get(device) + " " + Long.toHexString(plan.iova(event)), 1, Integer::sum);
            }
        }
        assertEquals(plan.counts().unmaps(), flushes.size());
        assertEquals(expected, planned);
    }

    private static void witness(String line, String[] assigned, Map<String, String> idByDevice, List<String> flushes) {
        Matcher flushed = FLUSHED.matcher(line);
        Matcher assign = ASSIGNED.matcher(line);
        Matcher attached = ATTACHED.matcher(line);
        if (flushed.find()) {
            flushes.add(flushed.group(1) + " " + flushed.group(2));
        } else if (assign.find()) {
            assigned[0] = assign.group(1);
        } else if (attached.find()) {
            idByDevice.put(attached.group(1), assigned[0]);
        }
    }

    /** As a user's trace may be; only what no dma_* line names at all is then nobody's. */
    @ParameterizedTest
    @MethodSource("traces")
    void withoutKprobesOnlyMapsWithoutADmaLineAreUnattributed(String trace) throws IOException {
        sameButForTheUnnamed(trace, changed(trace, line -> line));
    }

    @ParameterizedTest
    @MethodSource("traces")
    void perfScriptsTextWithoutKprobesAndFlagsGivesTheSame(String trace) throws IOException {
        sameButForTheUnnamed(trace, changed(trace,
                line -> PREFIX.matcher(line).replaceFirst("$1 $2 $3 $4iommu:")));
    }

    private static TraceSource changed(String trace, java.util.function.UnaryOperator<String> change)
            throws IOException {
        try (Stream<String> text = RealTraces.text(trace)) {
            byte[] bytes = text.filter(line -> !line.contains(": iommu_map:") && !line.contains(": iommu_unmap:"))
                    .map(change).collect(Collectors.joining("\n")).getBytes(StandardCharsets.UTF_8);
            return TraceSource.of(trace + ", changed", () -> new ByteArrayInputStream(bytes));
        }
    }

    private static void sameButForTheUnnamed(String trace, TraceSource changed) throws IOException {
        TracePlan whole = TracePlan.read(RealTraces.source(trace));
        TracePlan plan = TracePlan.read(changed);
        assertEquals(0, plan.counts().probed());
        assertEquals(whole.live().bytes(), plan.live().bytes());
        assertEquals(whole.live().peakPages(), plan.live().peakPages());
        assertEquals(0, plan.counts().unmapsOfNothing());
        assertEquals(0, plan.counts().unattributedUnmaps());
        assertTrue(plan.counts().unattributedMaps() <= 8, plan.counts().toString());
        Map<String, Integer> wholeSizes = sizes(whole);
        sizes(plan).forEach((device, size) -> {
            int missing = wholeSizes.get(device) - size;
            assertTrue(missing == 0 || missing == 1, device + " misses " + missing + " events");
        });
    }

    private static Map<String, Integer> sizes(TracePlan plan) {
        return plan.domains().stream().filter(domain -> domain.device() != null)
                .collect(Collectors.toMap(TraceDomain::device, domain -> plan.events(domain.index())));
    }
}
