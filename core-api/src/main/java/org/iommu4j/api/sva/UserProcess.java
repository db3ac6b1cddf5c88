package org.iommu4j.api.sva;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A process as its own software sees it: areas of anonymous memory, and loads and stores that go through its page table
 * and fault as a processor's do. A page is zero when first touched. Any thread; changes of one process are made one
 * after the other, loads and stores go on beside each other.
 *
 * <p>Addresses and lengths of areas are multiples of the page size, 4 KiB. Where a call throws, all is as it was
 * before, with the exceptions that are named. All calls throw NO_DEVICE once the process has ended.
 */
@ProviderType
public interface UserProcess extends AddressSpace {
    /** As given to {@link Processes#create}; for people. */
    String name();

    /**
     * A new area at a place of the process's choice: the highest gap that is large enough, below 2^47.
     *
     * @param length in bytes
     * @param access {@link Access} bits; 0 allows nothing. WRITE and EXECUTE bring READ with them, which no format can
     * refuse alone
     * @return its address
     * @throws org.iommu4j.api.IommuException INCOMPATIBLE (length, access), NO_MEMORY (no gap, too many areas)
     */
    long map(long length, int access);

    /**
     * A new area at an address.
     *
     * @param address 64 KiB or more
     * @param length as for {@link #map(long, int)}
     * @param access likewise
     * @throws org.iommu4j.api.IommuException INCOMPATIBLE (alignment, access), OVERFLOW (below the first or beyond the
     * last address), EXISTS (part of it is mapped), NO_MEMORY (too many areas)
     */
    void mapAt(long address, long length, int access);

    /**
     * Takes areas, and parts of areas, away; holes are fine. When it returns, no notified device reaches them.
     *
     * @throws org.iommu4j.api.IommuException INCOMPATIBLE (alignment), OVERFLOW, NO_MEMORY (a split makes too many)
     */
    void unmap(long address, long length);

    /**
     * Changes what a range allows. When it returns, no notified device does what is not allowed any more.
     *
     * @throws org.iommu4j.api.IommuException INCOMPATIBLE (alignment, access), OVERFLOW, BAD_ADDRESS (part of the range
     * is not mapped), NO_MEMORY (too many areas)
     */
    void protect(long address, long length, int access);

    /**
     * Loads bytes, in plain order. Areas are looked at before anything is loaded.
     *
     * @param address any
     * @throws org.iommu4j.api.IommuException BAD_ADDRESS (no area there that allows it), NO_MEMORY
     */
    void read(long address, byte[] into);

    /**
     * Stores bytes, in plain order. Areas are looked at before anything is stored; if memory runs out, or the area goes
     * away meanwhile, the pages before have been written, as a processor does.
     *
     * @param address any
     * @throws org.iommu4j.api.IommuException BAD_ADDRESS (no area there that allows it), NO_MEMORY
     */
    void write(long address, byte[] from);

    /**
     * One aligned, atomic load of 64 bits, little endian, ordered before what follows.
     *
     * @param address multiple of 8
     * @throws org.iommu4j.api.IommuException INCOMPATIBLE (alignment), BAD_ADDRESS, NO_MEMORY
     */
    long loadAcquire64(long address);

    /** One aligned, atomic store of 64 bits, little endian, ordered after what came before. Else as the load. */
    void storeRelease64(long address, long value);

    /**
     * A child with the same areas and contents. Pages are shared until one of the two writes; what the parent's devices
     * had been allowed to write faults from now on.
     *
     * @throws org.iommu4j.api.IommuException NO_MEMORY; IO if a notifier threw, so that somebody may still write to
     * what should be shared
     */
    UserProcess fork();

    /**
     * Ends the process: faults are refused, notifiers released, pages and tables freed, in this order. Nothing happens
     * if it has ended.
     */
    void exit();

    /** Figures of this moment. Does not throw for a process that has ended. */
    ProcessReport report();

    /** Its areas, sorted; neighbours that allow the same are one. */
    List<AreaReport> areas();
}
