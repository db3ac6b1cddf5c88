package org.iommu4j.tck.stage;

import org.iommu4j.api.Device;

/**
 * A device that moves data between memory and a buffer of its own when it is told to. It need not say whether it was
 * refused: a refused load leaves zeros in the buffer, a refused store leaves memory as it was. One thread at a time;
 * methods return when the transfer has ended.
 */
public interface Mover {
    /** Bytes of a load or store. An access of this size at a multiple of it is one request. */
    int WORD = 4;
    /** Most bytes of a copy. */
    int LONGEST = 4096;

    Device device();

    /** One word of memory into the buffer. @param iova multiple of {@link #WORD} */
    void load(long iova);

    /** The buffer's word into memory. @param iova multiple of {@link #WORD} */
    void store(long iova);

    /** From one place to another, of any alignment. @param length at most {@link #LONGEST} */
    void copy(long from, long to, int length);
}
