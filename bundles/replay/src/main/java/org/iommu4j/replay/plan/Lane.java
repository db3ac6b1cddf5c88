package org.iommu4j.replay.plan;

import java.util.Arrays;

/**
 * What is under way in one task, on one CPU, at one interrupt depth. Calls in a lane are sequential, so a kprobe and
 * its tracepoint, or a map and its {@code dma_*} line, are neighbours here however much others print between them.
 */
final class Lane {

    /** No scatter list or allocation of Linux makes more maps in one call; older ones will not be named any more. */
    private static final int MOST_WAITING = 2048;

    /** Kprobes whose tracepoint has not come. */
    final Waiting probes = new Waiting();
    /** Maps that no {@code dma_*} line has named. */
    final Waiting maps = new Waiting();
    /** Unmaps without kprobe that no {@code dma_*} line has named. */
    final Waiting unmaps = new Waiting();
    /** Device of the {@code dma_unmap_sg} line just before, or -1. */
    int scatterDevice = -1;

    /** A short stack of row numbers, the latest last. */
    static final class Waiting {

        private int[] rows = new int[8];
        private int size;

        void add(int row) {
            if (size == MOST_WAITING) {
                size /= 2;
                System.arraycopy(rows, size, rows, 0, size);
            }
            if (size == rows.length) {
                rows = Arrays.copyOf(rows, size * 2);
            }
            rows[size++] = row;
        }

        int size() {
            return size;
        }

        int row(int i) {
            return rows[i];
        }

        void remove(int i) {
            System.arraycopy(rows, i + 1, rows, i, size - i - 1);
            size--;
        }

        void clear() {
            size = 0;
        }
    }
}
