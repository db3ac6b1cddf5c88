package org.iommu4j.amdvi.queues;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/** How many commands of each kind were sent. Counted under the sender's lock, read by any thread. */
public final class CommandCounts {
    /** Operation codes have four bits. */
    private static final int CODES = 16;

    private final AtomicLongArray counts = new AtomicLongArray(CODES);

    /** One thread at a time. */
    void count(long low) {
        int code = (int) CommandKind.OP.of(low);
        counts.lazySet(code, counts.get(code) + 1);
    }

    static String name(long low) {
        for (CommandKind kind : CommandKind.values()) {
            if (kind.code() == CommandKind.OP.of(low)) {
                return kind.name();
            }
        }
        return "command";
    }

    /** {@code kind=count} of each kind that was sent. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (CommandKind kind : CommandKind.values()) {
            if (counts.get(kind.code()) != 0) {
                lines.add(kind.name() + "=" + counts.get(kind.code()));
            }
        }
        return lines;
    }

    /** By operation code. */
    public List<Long> words() {
        return IntStream.range(0, CODES).mapToObj(counts::get).toList();
    }

    /** Goes on counting from what a former driver sent; before the first is sent. */
    public void add(List<Long> earlier) {
        for (int code = 0; code < Math.min(CODES, earlier.size()); code++) {
            counts.addAndGet(code, earlier.get(code));
        }
    }
}
