package org.iommu4j.replay.play;

import org.iommu4j.api.machine.PhysicalMemory;

/**
 * What the replay keeps in the frames that a trace maps. Word 0 of a frame is a function of its physical address and
 * is never overwritten: a read proves which frame it reached. Each writer owns one of the other words, in every frame:
 * a write proves the same, through plain memory. Traces map one frame at several IOVAs and in several domains at once,
 * so nothing depends on the IOVA.
 */
final class Frames {
    static final int PAGE_LG2 = 12;
    static final long PAGE = 1L << PAGE_LG2;
    /** Writers that a frame has room for: numbers 1 to this. */
    static final int WRITERS = (int) (PAGE / Long.BYTES) - 1;

    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final PhysicalMemory memory;

    Frames(PhysicalMemory memory) {
        this.memory = memory;
    }

    /** What word 0 of a frame holds; never 0. */
    static long tag(long pa) {
        long mixed = (pa >>> PAGE_LG2) * MIX;
        return mixed ^ mixed >>> 29 | 1;
    }

    /** Byte offset of a writer's word in a frame. */
    static long offset(int writer) {
        return (long) writer * Long.BYTES;
    }

    boolean isMemory(long pa, long length) {
        return memory.contains(pa, length);
    }

    /** Writes the tags of all frames of a mapping; writing them again changes nothing. */
    void tag(Mapping mapping) {
        for (long at = 0; at < mapping.length; at += PAGE) {
            memory.storeRelease64(mapping.pa + at, tag(mapping.pa + at));
        }
    }

    /** What a writer's word of a frame holds. */
    long word(long pa, int writer) {
        return memory.loadAcquire64(pa + offset(writer));
    }
}
