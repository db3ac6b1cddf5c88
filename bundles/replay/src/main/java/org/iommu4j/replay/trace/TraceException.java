package org.iommu4j.replay.trace;

import java.io.IOException;

/**
 * A trace that cannot be read or replayed. The message names the file, the place in it and what is wrong there;
 * {@link #fault()} says the same to a program.
 */
public final class TraceException extends IOException {

    /** What is wrong with a trace. */
    public enum Fault {
        /** There is no such file, or it cannot be opened. */
        MISSING,
        /** The file holds no byte of text. */
        EMPTY,
        /** The compressed data end in the middle. */
        TRUNCATED,
        /** The compressed data are not what their first bytes promise. */
        CORRUPT,
        /** The storage failed while the file was read. */
        UNREADABLE,
        /** Not one line maps or unmaps anything. */
        NO_USABLE_LINE,
        /** A line of a known event has a field that is absent, out of range or not aligned. */
        MALFORMED_LINE,
        /** A map covers IOVAs that are mapped already in the same domain. */
        OVERLAPPING_MAP,
        /** An unmap covers only a part of a mapping. */
        SPLITTING_UNMAP
    }

    private static final long serialVersionUID = 1L;

    private final Fault fault;
    private final int line;

    /**
     * A fault of a whole file.
     *
     * @param fault what is wrong
     * @param trace the trace's name, as the user gave it
     * @param detail what was found, and where
     * @param cause the failure below, or null
     */
    public TraceException(Fault fault, String trace, String detail, Throwable cause) {
        super("trace " + trace + ": " + detail, cause);
        this.fault = fault;
        this.line = 0;
    }

    /**
     * A fault of one line.
     *
     * @param fault what is wrong
     * @param trace the trace's name, as the user gave it
     * @param line the line's number, 1 for the first
     * @param detail what was found
     */
    public TraceException(Fault fault, String trace, int line, String detail) {
        super("trace " + trace + ", line " + line + ": " + detail);
        this.fault = fault;
        this.line = line;
    }

    /** What is wrong. */
    public Fault fault() {
        return fault;
    }

    /** The line's number, 1 for the first; 0 if the fault is not one line's. */
    public int line() {
        return line;
    }
}
