package org.iommu4j.hwsim.device;

/** What one descriptor of a DMA generator asks for, done on the DMA thread; {@link GeneratorLayout}. */
final class GeneratorTransfer {
    private final byte[] page = new byte[DmaPort.PAGE];
    private long result;

    /** Does a transfer. @return true if it completed, false if it was aborted */
    boolean execute(DmaPort port, int opcode, long iova, long length, long operand) {
        result = 0;
        return switch (opcode) {
            case GeneratorLayout.READ64 -> read(port, port.read64(iova));
            case GeneratorLayout.WRITE64 -> port.write64(iova, operand);
            case GeneratorLayout.READ32 -> read(port, port.read32(iova));
            case GeneratorLayout.WRITE32 -> port.write32(iova, (int) operand);
            case GeneratorLayout.COPY -> copy(port, iova, length, operand);
            default -> false;
        };
    }

    /** Second word of the completion. */
    long result() {
        return result;
    }

    private boolean read(DmaPort port, boolean done) {
        if (done) {
            result = port.data();
        }
        return done;
    }

    private boolean copy(DmaPort port, long from, long length, long to) {
        if (length < 0 || length > GeneratorLayout.MAX_COPY) {
            return false;
        }
        while (result < length) {
            int step = DmaPort.stepWithinPage(from + result, (int) (length - result));
            step = DmaPort.stepWithinPage(to + result, step);
            if (!port.read(from + result, page, 0, step) || !port.write(to + result, page, 0, step)) {
                return false;
            }
            result += step;
            port.breathe();
        }
        return true;
    }
}
