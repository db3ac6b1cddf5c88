package org.iommu4j.replay.dma;

import java.util.concurrent.locks.LockSupport;
import org.iommu4j.api.Device;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.RegisterSpace;

/** One channel of one DMA generator. One thread at a time. */
public final class DmaChannel implements DmaClient {
    private static final long BOUND_NANOS = 10_000_000_000L;
    private static final int SPINS = 64;
    /** Before it pauses it lets others run, the device's thread above all: a pause costs far more than it says. */
    private static final int YIELDS = 16;
    private static final long PAUSE_NANOS = 20_000;

    private final Device device;
    private final RegisterSpace bar;
    private final long window;
    private final long[] descriptor = new long[8];
    private long consumed;

    /**
     * @param channel 0 to the generator's number of channels less one
     * @throws IommuException NO_DEVICE if the device is no generator, or has no such channel
     */
    public DmaChannel(Device device, int channel) {
        this.device = device;
        this.bar = device.bar(0);
        if (bar.read32(GeneratorAbi.ID) != GeneratorAbi.DMAG || channel >= bar.read32(GeneratorAbi.CHANNELS)) {
            throw IommuException.of(Reason.NO_DEVICE, "%s is no DMA generator with a channel %d", device.address(),
                    channel);
        }
        this.window = (long) GeneratorAbi.WINDOW * (channel + 1);
        this.consumed = bar.read64(window + GeneratorAbi.COMPLETED);
        bar.write64(window + GeneratorAbi.CONSUMED, consumed);
    }

    @Override
    public void run(DmaBatch batch) {
        int submitted = 0;
        int finished = 0;
        int idle = 0;
        long deadline = System.nanoTime() + BOUND_NANOS;
        while (finished < batch.size) {
            while (submitted < batch.size && submit(batch, submitted)) {
                submitted++;
            }
            int got = collect(batch, finished);
            finished += got;
            idle = got > 0 ? 0 : idle + 1;
            if (idle > SPINS + YIELDS) {
                checkBound(deadline, batch, finished);
            }
            pause(idle);
        }
    }

    /** @param idle how often in turn nothing had come */
    private static void pause(int idle) {
        if (idle > SPINS + YIELDS) {
            LockSupport.parkNanos(PAUSE_NANOS);
        } else if (idle > SPINS) {
            Thread.yield();
        } else if (idle > 0) {
            Thread.onSpinWait();
        }
    }

    private boolean submit(DmaBatch batch, int index) {
        descriptor[0] = batch.opcode[index] | (long) index << GeneratorAbi.TAG_SHIFT;
        descriptor[1] = batch.iova[index];
        descriptor[3] = batch.data[index];
        return bar.enqueue64Bytes(window + GeneratorAbi.PORTAL, descriptor);
    }

    private int collect(DmaBatch batch, int expected) {
        long produced = bar.read64(window + GeneratorAbi.COMPLETED);
        int got = 0;
        while (consumed < produced) {
            long entry = window + GeneratorAbi.RING
                    + consumed % GeneratorAbi.RING_ENTRIES * GeneratorAbi.COMPLETION;
            long status = bar.read64(entry);
            int tag = (int) (status >>> GeneratorAbi.TAG_SHIFT);
            if (tag != expected + got) {
                throw IommuException.of(Reason.IO, "%s completed transfer %d where %d was due", device.address(), tag,
                        expected + got);
            }
            batch.completed[tag] = (status & GeneratorAbi.STATUS_MASK) == GeneratorAbi.DONE;
            if (batch.isRead(tag)) {
                batch.data[tag] = bar.read64(entry + Long.BYTES);
            }
            consumed++;
            got++;
        }
        if (got > 0) {
            bar.write64(window + GeneratorAbi.CONSUMED, consumed);
        }
        return got;
    }

    private void checkBound(long deadline, DmaBatch batch, int finished) {
        if (System.nanoTime() - deadline > 0) {
            throw IommuException.of(Reason.TIMEOUT, "%s: the transfer at IOVA %#x is pending beyond 10 s",
                    device.address(), batch.iova[finished]);
        }
    }
}
