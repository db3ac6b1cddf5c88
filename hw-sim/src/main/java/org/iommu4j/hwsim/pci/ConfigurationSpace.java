package org.iommu4j.hwsim.pci;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Configuration space of one function: dwords, and of each the bits that software can write. A read-only bit keeps its
 * value; sizing a base address register by writing ones works because its low address bits are read-only. Any thread
 * after it has been built; reads and writes of a dword are atomic.
 */
public final class ConfigurationSpace {
    /** Bytes of a conventional function's space. */
    public static final int CONVENTIONAL = 256;
    /** Bytes of a PCI Express function's space. */
    public static final int EXTENDED = 4096;

    private final AtomicIntegerArray values;
    private final int[] writable;

    /** All bits zero and read-only. @param length in bytes */
    ConfigurationSpace(int length) {
        values = new AtomicIntegerArray(length / Integer.BYTES);
        writable = new int[length / Integer.BYTES];
    }

    /** In bytes. */
    public int length() {
        return writable.length * Integer.BYTES;
    }

    /** @param offset multiple of 4 */
    public int read(int offset) {
        return values.get(index(offset));
    }

    /** The byte at an offset. */
    public int read8(int offset) {
        return read(offset & ~3) >>> (offset & 3) * Byte.SIZE & 0xff;
    }

    /** @param offset multiple of 2 */
    public int read16(int offset) {
        return read(offset & ~3) >>> (offset & 3) * Byte.SIZE & 0xffff;
    }

    /** @param offset multiple of 4 */
    public void write(int offset, int value) {
        int index = index(offset);
        int seen;
        do {
            seen = values.get(index);
        } while (!values.compareAndSet(index, seen, seen & ~writable[index] | value & writable[index]));
    }

    /** Gives a dword its value at power on and its writable bits. */
    ConfigurationSpace define(int offset, int value, int mask) {
        values.set(index(offset), value);
        writable[index(offset)] = mask;
        return this;
    }

    /** As {@link #define}, for two bytes. */
    ConfigurationSpace define16(int offset, int value, int mask) {
        return definePart(offset, value, mask, 0xffff);
    }

    /** As {@link #define}, for one byte. */
    ConfigurationSpace define8(int offset, int value, int mask) {
        return definePart(offset, value, mask, 0xff);
    }

    private ConfigurationSpace definePart(int offset, int value, int mask, int field) {
        int index = index(offset & ~3);
        int shift = (offset & 3) * Byte.SIZE;
        values.set(index, values.get(index) & ~(field << shift) | (value & field) << shift);
        writable[index] = writable[index] & ~(field << shift) | (mask & field) << shift;
        return this;
    }

    private int index(int offset) {
        if ((offset & 3) != 0 || offset < 0 || offset >= length()) {
            throw IommuException.of(Reason.BAD_ADDRESS,
                    "configuration offset %#x: offsets are multiples of 4 below %#x", offset, length());
        }
        return offset / Integer.BYTES;
    }
}
