package org.iommu4j.replay.trace;

/**
 * The prefix of one trace line, read in place. Two forms:
 * <pre>
 * ftrace:      COMM-PID [ (TGID) ] [CPU] FLAGS SECONDS.FRACTION: EVENT: PAYLOAD
 * perf script: COMM PID[/TID]      [CPU]       SECONDS.FRACTION: SYSTEM:EVENT: PAYLOAD
 * </pre>
 * COMM may hold blanks, brackets and dashes, so the line is read from its first {@code [digits]} to both sides.
 * One object is reused for all lines of a trace: its answers hold only during a visitor's call. One thread.
 */
public final class TraceLine {

    private static final int NANOS_DIGITS = 9;
    private static final int FLAG_CONTEXT = 2;

    private int number;
    private int task;
    private int cpu;
    private CallContext context;
    private boolean flagged;
    private long nanos;

    private byte[] bytes;
    private int end;
    private int at;
    int nameFrom;
    int nameTo;
    int payloadFrom;

    /** The line's number in the trace, 1 for the first. */
    public int number() {
        return number;
    }

    /** The process id (ftrace: of the thread); 0 is each CPU's idle task. */
    public int task() {
        return task;
    }

    /** The CPU that printed the line. */
    public int cpu() {
        return cpu;
    }

    /** Task, soft or hard interrupt. */
    public CallContext context() {
        return context;
    }

    /** Whether the line had ftrace's flags, so that {@link #context()} is known and not assumed. */
    public boolean flagged() {
        return flagged;
    }

    /** The trace's clock, in nanoseconds. */
    public long nanos() {
        return nanos;
    }

    /** Reads the prefix of {@code bytes[from..to)}; false if this is no event line. */
    boolean read(byte[] bytes, int from, int to, int number) {
        this.bytes = bytes;
        this.end = to;
        this.number = number;
        return readCpu(from) && readFlagsAndTime() && readName();
    }

    private boolean readCpu(int from) {
        for (int i = from; i < end; i++) {
            if (bytes[i] != '[') {
                continue;
            }
            int close = digitsEnd(i + 1);
            if (close > i + 1 && close < end && bytes[close] == ']' && readTask(from, i)) {
                cpu = decimal(i + 1, close);
                at = close + 1;
                return true;
            }
        }
        return false;
    }

    private boolean readTask(int from, int bracket) {
        int last = blanksStart(from, bracket);
        if (last > from && bytes[last - 1] == ')') {
            while (last > from && bytes[last - 1] != '(') {
                last--;
            }
            last = blanksStart(from, last - 1);
        }
        int first = last;
        while (first > from && isDigit(bytes[first - 1])) {
            first--;
        }
        if (first == last) {
            return false;
        }
        task = decimal(first, last);
        return true;
    }

    private int blanksStart(int from, int to) {
        int i = to;
        while (i > from && bytes[i - 1] == ' ') {
            i--;
        }
        return i;
    }

    private boolean readFlagsAndTime() {
        int from = skipBlanks(at);
        int to = tokenEnd(from);
        flagged = !isTime(from, to);
        if (flagged) {
            context = to - from > FLAG_CONTEXT ? CallContext.ofFlag(bytes[from + FLAG_CONTEXT]) : CallContext.TASK;
            from = skipBlanks(to);
            to = tokenEnd(from);
            if (!isTime(from, to)) {
                return false;
            }
        } else {
            context = CallContext.TASK;
        }
        readTime(from, to - 1);
        at = to;
        return true;
    }

    private boolean isTime(int from, int to) {
        if (to - from < 2 || bytes[to - 1] != ':') {
            return false;
        }
        for (int i = from; i < to - 1; i++) {
            if (!isDigit(bytes[i]) && bytes[i] != '.') {
                return false;
            }
        }
        return true;
    }

    private void readTime(int from, int to) {
        long value = 0;
        int fraction = 0;
        boolean inFraction = false;
        for (int i = from; i < to; i++) {
            if (bytes[i] == '.') {
                inFraction = true;
            } else if (!inFraction || fraction < NANOS_DIGITS) {
                value = value * 10 + bytes[i] - '0';
                fraction += inFraction ? 1 : 0;
            }
        }
        for (; fraction < NANOS_DIGITS; fraction++) {
            value *= 10;
        }
        nanos = value;
    }

    private boolean readName() {
        nameFrom = skipBlanks(at);
        int to = tokenEnd(nameFrom);
        if (to - nameFrom < 2 || bytes[to - 1] != ':') {
            return false;
        }
        nameTo = to - 1;
        for (int i = nameTo - 1; i > nameFrom; i--) {
            if (bytes[i] == ':') {
                nameFrom = i + 1;
                break;
            }
        }
        payloadFrom = skipBlanks(to);
        return nameFrom < nameTo;
    }

    private int skipBlanks(int from) {
        int i = from;
        while (i < end && bytes[i] == ' ') {
            i++;
        }
        return i;
    }

    private int tokenEnd(int from) {
        int i = from;
        while (i < end && bytes[i] != ' ') {
            i++;
        }
        return i;
    }

    private int digitsEnd(int from) {
        int i = from;
        while (i < end && isDigit(bytes[i])) {
            i++;
        }
        return i;
    }

    private int decimal(int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }

    private static boolean isDigit(byte value) {
        return value >= '0' && value <= '9';
    }
}
