package org.iommu4j.core.unit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest sentences that tell why a unit is as it is. Any thread. */
public final class Why {
    private static final int KEPT = 32;

    private final Deque<String> sentences = new ArrayDeque<>();

    public synchronized void add(String format, Object... arguments) {
        if (sentences.size() == KEPT) {
            sentences.removeFirst();
        }
        sentences.addLast(String.format(format, arguments));
    }

    /** Oldest first. */
    public synchronized List<String> sentences() {
        return List.copyOf(sentences);
    }
}
