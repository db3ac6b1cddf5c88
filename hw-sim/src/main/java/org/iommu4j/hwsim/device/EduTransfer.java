package org.iommu4j.hwsim.device;

import java.util.Arrays;

/**
 * The DMA unit of {@link EduDevice}: a buffer, and transfers between it and memory. A part of a read that is aborted
 * leaves zeros in the buffer, a part of a write that is aborted leaves memory alone. A range that leaves the buffer is
 * not transferred at all, where QEMU would overrun. Used by the device's DMA thread.
 */
final class EduTransfer {
    private final byte[] buffer = new byte[EduLayout.BUFFER_SIZE];

    /** Memory to buffer. @param address in the device */
    void read(DmaPort port, long iova, long address, long count) {
        int done = 0;
        while (inBuffer(address, count) && done < count) {
            int at = (int) (address - EduLayout.BUFFER) + done;
            int step = DmaPort.stepWithinPage(iova + done, (int) count - done);
            if (!port.read(iova + done, buffer, at, step)) {
                Arrays.fill(buffer, at, at + step, (byte) 0);
            }
            done += step;
        }
    }

    /** Buffer to memory. @param address in the device */
    void write(DmaPort port, long address, long iova, long count) {
        int done = 0;
        while (inBuffer(address, count) && done < count) {
            int step = DmaPort.stepWithinPage(iova + done, (int) count - done);
            port.write(iova + done, buffer, (int) (address - EduLayout.BUFFER) + done, step);
            done += step;
        }
    }

    private static boolean inBuffer(long address, long count) {
        long at = address - EduLayout.BUFFER;
        return at >= 0 && count >= 0 && count <= EduLayout.BUFFER_SIZE && at <= EduLayout.BUFFER_SIZE - count;
    }
}
