package org.iommu4j.system.doubles;

import org.iommu4j.api.machine.RegisterSpace;

/** The real registers; to be changed where a test wants it. */
class RegistersDouble implements RegisterSpace {
    private final RegisterSpace real;

    RegistersDouble(RegisterSpace real) {
        this.real = real;
    }

    @Override
    public long length() {
        return real.length();
    }

    @Override
    public int read32(long offset) {
        return real.read32(offset);
    }

    @Override
    public long read64(long offset) {
        return real.read64(offset);
    }

    @Override
    public void write32(long offset, int value) {
        real.write32(offset, value);
    }

    @Override
    public void write64(long offset, long value) {
        real.write64(offset, value);
    }

    @Override
    public void store64Bytes(long offset, long[] words) {
        real.store64Bytes(offset, words);
    }

    @Override
    public boolean enqueue64Bytes(long offset, long[] words) {
        return real.enqueue64Bytes(offset, words);
    }
}
