package org.iommu4j.replay.play;

import java.util.List;

/**
 * How a trace is played.
 *
 * @param mode how devices reach memory
 * @param iovas whose addresses mappings get
 * @param threads that play events, 1 or more
 * @param feeders threads that keep devices busy beside them, 0 to 14
 * @param swapAt percentages of the map and unmap events at which the driver is swapped, ascending, 0 to 100
 * @param pace keep the trace's own times
 * @param skipUnfit leave out what the machine cannot do, instead of failing the run for it
 * @param probes about how many maps are proved by DMA with their unmaps, a sample; {@link #ALL} for no sample
 */
public record Settings(Mode mode, Iovas iovas, int threads, int feeders, List<Integer> swapAt, boolean pace,
        boolean skipUnfit, int probes) {
    /** More than any trace has. */
    public static final int ALL = Integer.MAX_VALUE;

    /** Feeders are limited by the channels of a device, of which the player has one. */
    public static final int MAX_FEEDERS = 14;

    /** How devices reach memory. */
    public enum Mode {
        /** Through the trace's own mappings; an unmap is complete when it returns. */
        STRICT,
        /** Through the trace's own mappings; what is unmapped may be reached until the next flush. */
        LAZY,
        /** Through identity domains: nothing is mapped, devices use physical addresses. */
        PASSTHROUGH
    }

    /** Whose addresses mappings get. */
    public enum Iovas {
        /** Those that the recorded kernel gave. */
        TRACE,
        /** Those that the DMA API of this machine gives. */
        OWN
    }

    public Settings {
        swapAt = List.copyOf(swapAt);
    }
}
