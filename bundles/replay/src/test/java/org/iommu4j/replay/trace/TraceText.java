package org.iommu4j.replay.trace;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** Traces typed in a test. */
public final class TraceText {

    private TraceText() {
    }

    /** A trace of these lines. */
    public static TraceSource of(String... lines) {
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        return TraceSource.of("typed", () -> new ByteArrayInputStream(bytes));
    }

    /** An ftrace line of {@code task-pid} on a CPU with flags like {@code d.h..}. */
    public static String line(int task, int cpu, String flags, String event) {
        return String.format("          task-%d       [%03d] %s     1.000000: %s", task, cpu, flags, event);
    }
}
