package org.iommu4j.qemu.qtest;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.RegisterSpace;

/** Registers on QEMU's physical address map. QEMU splits 64-byte writes, so there are none. Immutable. */
public final class QtestRegisters implements RegisterSpace {
    private final QtestClient qemu;
    private final long base;
    private final long length;

    /**
     * @param base physical address, multiple of 8
     * @param length in bytes
     */
    public QtestRegisters(QtestClient qemu, long base, long length) {
        this.qemu = qemu;
        this.base = base;
        this.length = length;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read32(long offset) {
        return qemu.read32(at(offset, Integer.BYTES));
    }

    @Override
    public long read64(long offset) {
        return qemu.read64(at(offset, Long.BYTES));
    }

    @Override
    public void write32(long offset, int value) {
        qemu.write32(at(offset, Integer.BYTES), value);
    }

    @Override
    public void write64(long offset, long value) {
        qemu.write64(at(offset, Long.BYTES), value);
    }

    @Override
    public void store64Bytes(long offset, long[] words) {
        throw tooWide(offset);
    }

    @Override
    public boolean enqueue64Bytes(long offset, long[] words) {
        throw tooWide(offset);
    }

    private long at(long offset, int size) {
        if (offset < 0 || offset > length - size || (offset & size - 1) != 0) {
            throw IommuException.of(Reason.BAD_ADDRESS,
                    "registers at %#x: offset %#x is no multiple of %d below the length %#x", base, offset, size,
                    length);
        }
        return base + offset;
    }

    private IommuException tooWide(long offset) {
        return IommuException.of(Reason.BAD_ADDRESS, "registers at %#x: offset %#x takes no writes of 64 bytes", base,
                offset);
    }
}
