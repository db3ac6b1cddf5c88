package org.iommu4j.replay.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.iommu4j.replay.trace.TraceSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The samples of the distribution are what their description says: cut by {@link TrimTrace}, small, and whole. */
class SampleTest {
    private static final int LARGEST = 250 << 10;
    private static final int PERIOD = 20000;

    private static Path file(String sample) {
        return Path.of(System.getProperty("basedir", "."))
                .resolve("../distribution/src/main/container/samples/" + sample + ".trace.zst");
    }

    @ParameterizedTest
    @CsvSource({"nvme-boot, vtd-legacy-strict, 4938, 2200", "smmuv3-boot, smmuv3-strict, 4728, 1200",
        "amd-boot, amd-strict, 4320, 1200"})
    void isWhatTrimTraceCutsOutOfTheStrictTrace(String sample, String trace, int boot, int stretch) throws IOException {
        ByteArrayOutputStream cut = new ByteArrayOutputStream();
        TrimTrace.trim(RealTraces.source(trace), boot, PERIOD, stretch,
                new PrintStream(cut, false, StandardCharsets.UTF_8));
        try (InputStream text = TraceSource.of(file(sample)).open()) {
            assertArrayEquals(cut.toByteArray(), text.readAllBytes());
        }
        assertTrue(Files.size(file(sample)) <= LARGEST, "bytes: " + Files.size(file(sample)));
    }

    /** @param others invalidations that belong to no unmap: of all at the start, and AMD's after each map */
    @ParameterizedTest
    @CsvSource({"nvme-boot, vtd-legacy-strict, 1, 0", "smmuv3-boot, smmuv3-strict, 5, 1",
        "amd-boot, amd-strict, -1, 0"})
    void isAPossibleHistoryWithAllGroupsAndThousandsOfCalls(String sample, String trace, int others, int unattributed)
            throws IOException {
        TracePlan cut = TracePlan.read(TraceSource.of(file(sample)));
        TracePlan whole = TracePlan.read(RealTraces.source(trace));
        assertEquals(0, cut.counts().unmapsOfNothing());
        assertEquals(unattributed, cut.counts().unattributed());
        assertTrue(cut.counts().maps() > 3000 && cut.counts().unmaps() > 1500, cut.counts().toString());
        int invalidations = cut.counts().iotlbInvalidations();
        assertTrue(others < 0 ? invalidations > cut.counts().unmaps()
                : invalidations == cut.counts().unmaps() + others, cut.counts().toString());
        assertEquals(whole.machine(), cut.machine());
        assertEquals(whole.domains().stream().map(TraceDomain::name).toList(),
                cut.domains().stream().map(TraceDomain::name).toList());
        assertEquals(whole.phases().stream().map(TracePhase::name).toList(),
                cut.phases().stream().map(TracePhase::name).toList());
    }
}
