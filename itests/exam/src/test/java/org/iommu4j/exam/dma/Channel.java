package org.iommu4j.exam.dma;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.iommu4j.api.Device;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * One channel of a DMA generator, driven as its manual says:
 * <pre>
 * 0x10000 * (c + 1)  the window of channel c:
 *   +0x0000  PORTAL     64-byte writes: opcode | tag &lt;&lt; 32, IOVA, length, data
 *   +0x0040  COMPLETED  u64  completions produced since power on
 *   +0x0048  CONSUMED   u64  completions that software has taken
 *   +0x1000  RING       256 completions: status | tag &lt;&lt; 32, data read
 * </pre>
 * One thread at a time.
 */
public final class Channel {
    /** Transfers of one run. */
    static final int CAPACITY = 256;

    private static final int WINDOW = 0x10000;
    private static final int COMPLETED = 0x40;
    private static final int CONSUMED = 0x48;
    private static final int RING = 0x1000;
    private static final int COMPLETION = 16;
    private static final int READ64 = 1;
    private static final int WRITE64 = 2;
    private static final int DONE = 1;
    private static final int STATUS_MASK = 0xFF;
    private static final int TAG_SHIFT = 32;
    private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long PAUSE_NANOS = 20_000;

    private final RegisterSpace bar;
    private final long window;
    private final long[] iova = new long[CAPACITY];
    private final long[] data = new long[CAPACITY];
    private final boolean[] write = new boolean[CAPACITY];
    private final boolean[] completed = new boolean[CAPACITY];
    private final long[] descriptor = new long[8];
    private int size;

    public Channel(Device device, int channel) {
        this.bar = device.bar(0);
        this.window = (long) WINDOW * (channel + 1);
    }

    /** Forgets the last run. */
    void clear() {
        size = 0;
    }

    void read(long address) {
        add(address, 0, false);
    }

    void write(long address, long value) {
        add(address, value, true);
    }

    private void add(long address, long value, boolean writes) {
        iova[size] = address;
        data[size] = value;
        write[size] = writes;
        size++;
    }

    int size() {
        return size;
    }

    /** False if the device said that it was refused. */
    boolean completed(int transfer) {
        return completed[transfer];
    }

    /** What a read brought. */
    long data(int transfer) {
        return data[transfer];
    }

    /**
     * Has the device do all transfers, in order, and waits for the last one.
     *
     * @throws IommuException TIMEOUT if one is still pending after 20 s, or when the thread is interrupted
     */
    void run() {
        long first = bar.read64(window + COMPLETED);
        for (int i = 0; i < size; i++) {
            descriptor[0] = (write[i] ? WRITE64 : READ64) | (long) i << TAG_SHIFT;
            descriptor[1] = iova[i];
            descriptor[3] = data[i];
            if (!bar.enqueue64Bytes(window, descriptor)) {
                throw IommuException.of(Reason.IO, "an idle channel refuses transfer %d of %d", i, size);
            }
        }
        await(first + size);
        for (int i = 0; i < size; i++) {
            long entry = window + RING + (first + i) % CAPACITY * COMPLETION;
            long status = bar.read64(entry);
            if (status >>> TAG_SHIFT != i) {
                throw IommuException.of(Reason.IO, "transfer %d completed as %d", i, status >>> TAG_SHIFT);
            }
            completed[i] = (status & STATUS_MASK) == DONE;
            data[i] = bar.read64(entry + Long.BYTES);
        }
        bar.write64(window + CONSUMED, first + size);
    }

    private void await(long count) {
        long deadline = System.nanoTime() + BOUND_NANOS;
        while (bar.read64(window + COMPLETED) != count) {
            if (Thread.interrupted() || System.nanoTime() - deadline > 0) {
                throw IommuException.of(Reason.TIMEOUT, "%d of %d transfers are pending", count
                        - bar.read64(window + COMPLETED), size);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
