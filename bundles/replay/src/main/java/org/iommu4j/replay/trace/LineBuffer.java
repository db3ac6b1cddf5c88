package org.iommu4j.replay.trace;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.iommu4j.replay.trace.TraceException.Fault;

/**
 * Cuts a stream into lines inside one reused buffer. After {@link #next()} the line is
 * {@code bytes()[from()..to())}, without its line feed, until the next call. One thread.
 */
final class LineBuffer {

    private static final int FIRST_SIZE = 1 << 18;
    /** Longer "lines" mean that the input is no text; no kernel prints a trace line of this length. */
    private static final int LONGEST_LINE = 1 << 22;

    private final InputStream in;
    private final String trace;
    private byte[] bytes = new byte[FIRST_SIZE];
    private int filled;
    private int next;
    private int from;
    private int to;
    private int number;
    private boolean ended;

    /** Lines of {@code in}, which errors call {@code trace}. */
    LineBuffer(InputStream in, String trace) {
        this.in = in;
        this.trace = trace;
    }

    /** Moves to the next line; false at the end. A last line without line feed counts. */
    boolean next() throws IOException {
        int scanned = next;
        while (true) {
            for (int i = scanned; i < filled; i++) {
                if (bytes[i] == '\n') {
                    return line(i, i + 1);
                }
            }
            if (ended) {
                return next < filled && line(filled, filled);
            }
            scanned = filled - next;
            refill();
        }
    }

    private boolean line(int end, int following) {
        from = next;
        to = end > from && bytes[end - 1] == '\r' ? end - 1 : end;
        next = following;
        number++;
        return true;
    }

    private void refill() throws IOException {
        System.arraycopy(bytes, next, bytes, 0, filled - next);
        filled -= next;
        next = 0;
        if (filled == bytes.length) {
            if (filled >= LONGEST_LINE) {
                throw new TraceException(Fault.NO_USABLE_LINE, trace, number + 1,
                        "longer than " + LONGEST_LINE + " bytes: this is no trace text");
            }
            bytes = Arrays.copyOf(bytes, filled * 2);
        }
        int taken = in.read(bytes, filled, bytes.length - filled);
        if (taken < 0) {
            ended = true;
        } else {
            filled += taken;
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /** Number of the current line, 1 for the first; after the end, the number of lines. */
    int number() {
        return number;
    }
}
