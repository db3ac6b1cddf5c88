package org.iommu4j.replay.trace;

import java.util.Arrays;

/**
 * The IOVA ranges that a {@code dma_*} line names: one for a page or an allocation, several for a scatter list.
 * Reused for all lines of a trace: holds only during a visitor's call.
 */
public final class Segments {

    private static final byte[] ADDRESSES = Key.of("dma_addrs=");
    private static final byte[] SIZES = Key.of("sizes=");
    private static final byte[] TRUNCATED = Key.of("[TRUNCATED]");

    private long[] addresses = new long[16];
    private long[] sizes = new long[16];
    private int count;
    private boolean truncated;

    /** How many ranges the line names. */
    public int count() {
        return count;
    }

    /** First IOVA of range {@code i}; not aligned. */
    public long address(int i) {
        return addresses[i];
    }

    /** Bytes of range {@code i}. */
    public long size(int i) {
        return sizes[i];
    }

    /** Whether the kernel printed only the first of the ranges. */
    public boolean truncated() {
        return truncated;
    }

    /** Whether any range shares a byte with {@code length} bytes from {@code iova}. */
    public boolean touches(long iova, long length) {
        for (int i = 0; i < count; i++) {
            long last = addresses[i] + Math.max(sizes[i], 1) - 1;
            if (Long.compareUnsigned(addresses[i], iova + length - 1) <= 0 && Long.compareUnsigned(iova, last) <= 0) {
                return true;
            }
        }
        return false;
    }

    /** Becomes one range. */
    void single(long address, long size) {
        addresses[0] = address;
        sizes[0] = size;
        count = 1;
        truncated = false;
    }

    /** Becomes the ranges of {@code dma_addrs={..} sizes={..}}; both are hexadecimal, older kernels drop the 0x. */
    void read(Payload payload) {
        truncated = payload.seek(TRUNCATED);
        payload.need(ADDRESSES);
        int addressCount = readList(payload, true);
        payload.need(SIZES);
        count = Math.min(addressCount, readList(payload, false));
    }

    private int readList(Payload payload, boolean intoAddresses) {
        int read = 0;
        payload.take('{');
        while (payload.sound() && payload.peek() != 0 && payload.peek() != '}' && payload.peek() != ' ') {
            if (read == addresses.length) {
                addresses = Arrays.copyOf(addresses, read * 2);
                sizes = Arrays.copyOf(sizes, read * 2);
            }
            (intoAddresses ? addresses : sizes)[read++] = payload.hex();
            payload.take(',');
        }
        return read;
    }
}
