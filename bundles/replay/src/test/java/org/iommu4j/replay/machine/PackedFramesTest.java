package org.iommu4j.replay.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.replay.plan.TraceAddresses;
import org.junit.jupiter.api.Test;

class PackedFramesTest {
    private static final long GIB = 1L << 30;
    private static final long START = 4 * GIB;

    private static PackedFrames of(long... firstAndLast) {
        return new PackedFrames(new TraceAddresses(0, firstAndLast[firstAndLast.length - 1], firstAndLast, 0,
                new long[0], 0), START);
    }

    @Test
    void eachGibWithMemoryLiesBehindTheOneBefore() {
        PackedFrames frames = of(0x1000, 0x1fff, 5 * GIB + 0x3000, 5 * GIB + 0x3fff);
        assertEquals(2, frames.chunks());
        assertEquals(START + 0x1000, frames.of(0x1000));
        assertEquals(START + GIB + 0x3000, frames.of(5 * GIB + 0x3000));
    }

    @Test
    void aRangeAcrossGibStaysOneRange() {
        PackedFrames frames = of(2 * GIB - 0x1000, 4 * GIB + 0xfff);
        assertEquals(4, frames.chunks());
        assertEquals(START + GIB - 0x1000, frames.of(2 * GIB - 0x1000));
        assertEquals(START + GIB, frames.of(2 * GIB));
        assertEquals(START + 3 * GIB, frames.of(4 * GIB));
    }

    @Test
    void whereTheTraceHasNoMemoryThereIsNone() {
        IommuException refused = assertThrows(IommuException.class, () -> of(0, 0xfff).of(GIB));
        assertEquals(Reason.BAD_ADDRESS, refused.reason());
    }

    @Test
    void addressesAreUnsigned() {
        PackedFrames frames = of(0, 0xfff, -GIB, -1);
        assertEquals(START, frames.of(0));
        assertEquals(START + GIB, frames.of(-GIB));
    }
}
