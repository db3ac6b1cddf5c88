package org.iommu4j.replay.dma;

import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.iommu4j.api.Device;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * One {@code edu} device. It copies between memory and a buffer of its own, which no processor can read, and tells
 * nothing of a refused transfer: its buffer gets zeros then, memory keeps what it had. So each transfer is two: what is
 * read goes on into a page of the device's own, what is written comes from there. Any thread; one batch at a time.
 */
public final class EduClient implements DmaClient {
    private static final long BOUND_NANOS = 10_000_000_000L;
    private static final long PAUSE_NANOS = 20_000;
    /** Never read from a frame, and never written into one. */
    private static final long UNTOUCHED = 0x5555_5555_5555_5555L;

    private final Device device;
    private final RegisterSpace bar;
    private final PhysicalMemory memory;
    private final long page;
    private long pageAt;

    /**
     * @param page physical address of a page that nobody else uses
     * @throws IommuException NO_DEVICE if the device is no {@code edu}
     */
    public EduClient(Device device, PhysicalMemory memory, long page) {
        this.device = device;
        this.bar = device.bar(0);
        this.memory = memory;
        this.page = page;
        if ((bar.read32(EduAbi.ID) & EduAbi.ID_BITS) != EduAbi.EDU) {
            throw IommuException.of(Reason.NO_DEVICE, "%s is no edu device", device.address());
        }
    }

    @Override
    public OptionalLong ownPage() {
        return OptionalLong.of(page);
    }

    @Override
    public synchronized void ownPageAt(long iova) {
        pageAt = iova;
    }

    @Override
    public synchronized void run(DmaBatch batch) {
        for (int i = 0; i < batch.size; i++) {
            switch (batch.opcode[i]) {
                case DmaBatch.READ64 -> read(batch, i);
                case DmaBatch.WRITE64 -> write(batch, i);
                default -> throw IommuException.of(Reason.NOT_SUPPORTED,
                        "%s: registers of other devices are not written, IOVA %#x", device.address(), batch.iova[i]);
            }
        }
    }

    private void read(DmaBatch batch, int index) {
        memory.storeRelease64(page, UNTOUCHED);
        fetch(batch.iova[index]);
        store(pageAt);
        batch.data[index] = memory.loadAcquire64(page);
        if (batch.data[index] == UNTOUCHED) {
            throw IommuException.of(Reason.IO, "%s does not reach its own page at IOVA %#x", device.address(), pageAt);
        }
        batch.completed[index] = batch.data[index] != 0;
    }

    private void write(DmaBatch batch, int index) {
        memory.storeRelease64(page, batch.data[index]);
        fetch(pageAt);
        store(batch.iova[index]);
        batch.completed[index] = memory.loadAcquire64(batch.witness[index]) == batch.data[index];
    }

    private void fetch(long iova) {
        transfer(iova, EduAbi.BUFFER, EduAbi.RUN);
    }

    private void store(long iova) {
        transfer(EduAbi.BUFFER, iova, EduAbi.RUN | EduAbi.TO_MEMORY);
    }

    private void transfer(long source, long destination, long command) {
        bar.write64(EduAbi.SOURCE, source);
        bar.write64(EduAbi.DESTINATION, destination);
        bar.write64(EduAbi.COUNT, Long.BYTES);
        bar.write64(EduAbi.COMMAND, command);
        long deadline = System.nanoTime() + BOUND_NANOS;
        while ((bar.read64(EduAbi.COMMAND) & EduAbi.RUN) != 0) {
            if (System.nanoTime() - deadline > 0) {
                throw IommuException.of(Reason.TIMEOUT, "%s: the transfer from %#x to %#x is pending beyond 10 s",
                        device.address(), source, destination);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
