package org.iommu4j.replay.play;

import java.util.List;

/**
 * How a trace is played.
 *
 * @param mode how devices reach memory
 * @param threads that play events, 1 or more
 * @param feeders that keep devices busy beside them; also the number of the machine's DMA threads, 1 to 14
 * @param swapAt percentages of the map and unmap events at which the driver is swapped, ascending, 0 to 100
 * @param pace keep the trace's own times
 * @param skipUnfit leave out what the machine cannot do, instead of failing the run for it
 */
public record Settings(Mode mode, int threads, int feeders, List<Integer> swapAt, boolean pace, boolean skipUnfit) {
    /** Feeders are limited by the channels of a device, of which the player has one. */
    public static final int MAX_FEEDERS = 14;

    /** How devices reach memory. */
    public enum Mode {
        /** Through the trace's own mappings; an unmap is complete when it returns. */
        STRICT,
        /** Through identity domains: nothing is mapped, devices use physical addresses. */
        PASSTHROUGH
    }

    public Settings {
        swapAt = List.copyOf(swapAt);
    }
}
