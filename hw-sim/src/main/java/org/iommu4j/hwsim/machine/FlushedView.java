package org.iommu4j.hwsim.machine;

import org.iommu4j.api.machine.PhysicalMemory;

/**
 * RAM as a bus master sees it that does not snoop the processors' caches: what software stores is there once its cache
 * line has been flushed, and not before. No line leaves a cache by itself, so that a forgotten flush is always seen.
 * Memory reads as zero until it has been flushed for the first time. Any thread.
 */
public final class FlushedView implements AutoCloseable {
    private static final long LINE = 64;
    private static final long UNIT = 2 * Long.BYTES;

    private final PhysicalMemory stored;
    private final PhysicalMemory ram;

    /** @param stored memory as processors, and bus masters that snoop, see it; holds nothing yet */
    public FlushedView(PhysicalMemory stored) {
        this.stored = stored;
        this.ram = PhysicalMemory.temporary(stored.ranges());
    }

    /** What is read without snooping. Never written by its readers. */
    public PhysicalMemory ram() {
        return ram;
    }

    /**
     * Writes back the cache lines that a range touches. Units of 16 bytes arrive whole.
     *
     * @param pa any address in RAM
     * @param length in bytes, not 0
     * @throws org.iommu4j.api.IommuException BAD_ADDRESS if a line is no memory
     */
    public void flush(long pa, long length) {
        long[] unit = new long[2];
        long end = pa + length + LINE - 1 & -LINE;
        for (long at = pa & -LINE; at < end; at += UNIT) {
            stored.load128(at, unit, 0);
            ram.store128(at, unit[0], unit[1]);
        }
    }

    @Override
    public void close() {
        ram.close();
    }
}
