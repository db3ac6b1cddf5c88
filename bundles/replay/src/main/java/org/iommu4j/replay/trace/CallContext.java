package org.iommu4j.replay.trace;

/**
 * How deep in interrupts a line was printed, from ftrace's flags. A call that an interrupt makes is nested in a call
 * of the task it interrupted, with the same task and CPU on its line: only this tells the two apart.
 */
public enum CallContext {
    /** The task itself (or a perf line, which has no flags). */
    TASK,
    /** A soft interrupt, {@code s}. */
    SOFT,
    /** A hard interrupt, {@code h} or {@code H}. */
    HARD;

    /** Third of ftrace's flag characters. NMIs ({@code z}, {@code Z}) are what probes run in: as if not there. */
    static CallContext ofFlag(byte flag) {
        return switch (flag) {
            case 'h', 'H', 'Z' -> HARD;
            case 's' -> SOFT;
            default -> TASK;
        };
    }
}
