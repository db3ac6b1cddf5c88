package org.iommu4j.replay.command;

import java.io.PrintStream;
import org.iommu4j.replay.play.Watcher;

/** One line that says how far a replay is; short replays do without. One thread at a time. */
final class ProgressLine implements Watcher {
    private static final long QUIET_NANOS = 1_000_000_000L;
    private static final long PERIOD_NANOS = 500_000_000L;
    private static final int WIDTH = 70;

    private final PrintStream out;
    private long nextNanos = QUIET_NANOS;
    private boolean shown;

    /** @param out where to, or null for nowhere */
    ProgressLine(PrintStream out) {
        this.out = out;
    }

    @Override
    public void at(long nanos, int played, int total) {
        if (out == null || nanos < nextNanos || total == 0) {
            return;
        }
        nextNanos = nanos + PERIOD_NANOS;
        shown = true;
        rewrite(String.format("replay: %3d %%, %,d of %,d events, %,.0f a second", 100L * played / total, played, total,
                played * 1e9 / nanos));
    }

    /** Takes the line away. */
    void end() {
        if (shown) {
            rewrite("");
        }
    }

    /** The cursor goes back to the first column, so the next line of whoever prints covers this one. */
    private void rewrite(String text) {
        out.print("\r" + text + " ".repeat(Math.max(0, WIDTH - text.length())) + "\r");
        out.flush();
    }
}
