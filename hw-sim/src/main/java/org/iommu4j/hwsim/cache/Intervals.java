package org.iommu4j.hwsim.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The transactions in flight through a unit. Each device thread has a cell of its own, alone on its cache lines: odd
 * while an interval is open. Whoever has removed cached entries drains: it waits until every interval that was open
 * at that time has ended, and for none that was opened later.
 */
public final class Intervals {
    private static final int SPINS = 1 << 10;

    private volatile Cell[] cells = {};

    /** A new device thread's cell, for that thread alone. */
    public synchronized Cell cell() {
        Cell[] grown = Arrays.copyOf(cells, cells.length + 1);
        grown[cells.length] = new Cell();
        cells = grown;
        return grown[grown.length - 1];
    }

    /** Waits for the intervals that are open now. Never called by a thread that is inside one. */
    public void drain() {
        VarHandle.fullFence();
        for (Cell cell : cells) {
            cell.await();
        }
    }

    /** One device thread's intervals. */
    public static final class Cell {
        private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
        private static final int AT = 16;

        private final long[] count = new long[2 * AT];

        private Cell() {
        }

        /** Opens an interval: what was removed from a cache before a drain looked here is not seen inside it. */
        public void enter() {
            LONGS.setOpaque(count, AT, count[AT] + 1);
            // Pairs with the fence of drain: either it sees this interval, or this interval sees what was removed.
            VarHandle.fullFence();
        }

        /** Closes it: every access made inside it is visible to whoever waits for it. */
        public void exit() {
            LONGS.setRelease(count, AT, count[AT] + 1);
        }

        private void await() {
            long seen = (long) LONGS.getAcquire(count, AT);
            if ((seen & 1) == 0) {
                return;
            }
            for (int i = 0; (long) LONGS.getAcquire(count, AT) == seen; i++) {
                if (i < SPINS) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
        }
    }
}
