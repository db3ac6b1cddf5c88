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
import org.junit.jupiter.api.Test;

/** The sample of the distribution is what its description says: cut by {@link TrimTrace}, small, and whole. */
class SampleTest {

    private static final int LARGEST = 250 << 10;

    private final Path file = Path.of(System.getProperty("basedir", "."))
            .resolve("../distribution/src/main/container/samples/nvme-boot.trace.zst");

    @Test
    void isWhatTrimTraceCutsOutOfTheStrictTrace() throws IOException {
        ByteArrayOutputStream cut = new ByteArrayOutputStream();
        TrimTrace.trim(RealTraces.source("vtd-legacy-strict"), 4938, 20000, 2200,
                new PrintStream(cut, false, StandardCharsets.UTF_8));
        try (InputStream sample = TraceSource.of(file).open()) {
            assertArrayEquals(cut.toByteArray(), sample.readAllBytes());
        }
        assertTrue(Files.size(file) <= LARGEST, "bytes: " + Files.size(file));
    }

    @Test
    void isAPossibleHistoryWithAllGroupsAndThousandsOfCalls() throws IOException {
        TracePlan sample = TracePlan.read(TraceSource.of(file));
        TracePlan whole = TracePlan.read(RealTraces.source("vtd-legacy-strict"));
        assertEquals(0, sample.counts().unmapsOfNothing());
        assertEquals(0, sample.counts().unattributed());
        assertTrue(sample.counts().maps() > 5000 && sample.counts().unmaps() > 4000, sample.counts().toString());
        assertEquals(sample.counts().unmaps(), sample.counts().iotlbInvalidations() - 1);
        assertEquals(whole.machine(), sample.machine());
        assertEquals(whole.domains().stream().map(TraceDomain::name).toList(),
                sample.domains().stream().map(TraceDomain::name).toList());
        assertEquals(whole.phases().stream().map(TracePhase::name).toList(),
                sample.phases().stream().map(TracePhase::name).toList());
    }
}
