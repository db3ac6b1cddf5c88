package org.iommu4j.api.machine;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Registers of a unit or device. Offsets are in bytes and multiples of the access size. A write is complete, with its
 * side effects on the register file, when the method returns; the work it starts goes on in the hardware. Any thread.
 * An offset outside, or an access size that the register does not support, throws
 * {@link org.iommu4j.api.IommuException} with BAD_ADDRESS.
 */
@ConsumerType
public interface RegisterSpace {
    /** In bytes. */
    long length();

    int read32(long offset);

    long read64(long offset);

    void write32(long offset, int value);

    void write64(long offset, long value);

    /**
     * A posted 64-byte write, as MOVDIR64B makes it: nothing tells whether the device took it.
     *
     * @param offset multiple of 64
     * @param words 8 little-endian words
     */
    void store64Bytes(long offset, long[] words);

    /**
     * A 64-byte write that the device answers, as ENQCMD makes it.
     *
     * @return true if it was accepted, false if the device asks for a retry
     */
    boolean enqueue64Bytes(long offset, long[] words);
}
