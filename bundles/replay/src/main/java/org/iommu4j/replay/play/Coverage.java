package org.iommu4j.replay.play;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * Which maps are proved by DMA: all of them, or a sample; their unmaps are, too. Maps and unmaps themselves are always
 * made. Any thread.
 */
public final class Coverage {
    private final double share;
    private final LongAdder maps = new LongAdder();
    private final LongAdder unmaps = new LongAdder();

    /**
     * @param probes about how many are to be proved, 1 or more
     * @param maps how many there are
     */
    Coverage(int probes, int maps) {
        this.share = probes >= maps ? 1 : (double) probes / maps;
    }

    /** True if the map that is made now is to be proved. */
    boolean takesMap(SplittableRandom random) {
        boolean taken = isWhole() || random.nextDouble() < share;
        if (taken) {
            maps.increment();
        }
        return taken;
    }

    /** An unmap has been proved. */
    void unmapped() {
        unmaps.increment();
    }

    /** True if everything is proved. */
    public boolean isWhole() {
        return share >= 1;
    }

    /** Maps whose pages were used. */
    public long maps() {
        return maps.sum();
    }

    /** Unmaps after which the pages were tried again. */
    public long unmaps() {
        return unmaps.sum();
    }
}
