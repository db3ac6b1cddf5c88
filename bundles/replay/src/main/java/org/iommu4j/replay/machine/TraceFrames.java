package org.iommu4j.replay.machine;

import java.util.List;

/** Where the memory of a trace lies on a simulated machine. Immutable. */
public interface TraceFrames {
    /** Where the trace has it. */
    TraceFrames IN_PLACE = new TraceFrames() {
        @Override
        public long of(long physical) {
            return physical;
        }

        @Override
        public List<String> notes() {
            return List.of();
        }
    };

    /** Packed into RAM that begins elsewhere. */
    static TraceFrames packed(PackedFrames frames) {
        return new TraceFrames() {
            @Override
            public long of(long physical) {
                return frames.of(physical);
            }

            @Override
            public List<String> notes() {
                return frames.isInPlace() ? List.of() : List.of(String.format(
                        "the trace's memory, in %d different GiB, is packed into RAM from %#x on", frames.chunks(),
                        frames.start()));
            }
        };
    }

    /** The place of an address of the trace's memory. */
    long of(long physical);

    /** What the reader of a report has to know, a sentence each. */
    List<String> notes();
}
