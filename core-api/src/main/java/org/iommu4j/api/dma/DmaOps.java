package org.iommu4j.api.dma;

import org.iommu4j.api.Device;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Reason;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Mappings for DMA in the default domain of a device's group, as Linux's DMA API gives them to its drivers. One service
 * a machine, property {@code machine}; stable across swaps.
 *
 * <p><b>Addresses.</b> IOVAs come from one space a group. A block is aligned to its size rounded up to a power of two,
 * lies as high as possible, outside reserved regions, never at 0. A device whose mask is wider than 32 bits gets
 * addresses below 4 GiB until there is none left for it, and from then on addresses of its whole mask. In an identity
 * domain IOVA and physical address are the same.
 *
 * <p><b>Strict and lazy.</b> With the type {@link org.iommu4j.api.DomainType#DMA} a device cannot reach a range any
 * more when its unmap has returned. With {@link org.iommu4j.api.DomainType#DMA_FQ} it may until the next flush: after
 * 10 ms, or when the unmapping thread has 256 ranges queued, or {@link #flush}. Until then the IOVAs are not given out
 * again. Coherent memory is always freed strictly.
 *
 * <p><b>Threading.</b> Any thread; a block may be unmapped by another thread than the one that mapped it. Once a thread
 * has used a group before and the tables exist, map and unmap allocate nothing and take no lock that threads share,
 * except once in more than a hundred calls. While a unit is handed over they wait, see
 * {@link org.iommu4j.api.IommuOps}.
 *
 * <p><b>Errors</b> of all methods: {@link Reason#NO_DEVICE} for a device or group of another machine,
 * {@link Reason#DRIVER_GONE}, {@link Reason#NOT_SUPPORTED} while the group's default domain is the blocked one.
 */
@ProviderType
public interface DmaOps {
    String machine();

    /** {@link DmaLimits#PCI} unless they were set. */
    DmaLimits limits(Device device);

    /** Says what the device can address, for the maps to come. */
    void limits(Device device, DmaLimits limits);

    /**
     * Makes memory reachable for a device.
     *
     * @param pa in the machine's memory; any alignment, whole pages around it become reachable
     * @param length in bytes, above 0
     * @return the IOVA of the first byte
     * @throws IommuException {@link Reason#BAD_ADDRESS} (no memory), {@link Reason#NO_SPACE} (no IOVAs within the
     * mask), {@link Reason#OVERFLOW} (identity domain, and the memory lies beyond the mask),
     * {@link Reason#NO_MEMORY}, {@link Reason#INCOMPATIBLE}; nothing is mapped then
     */
    long map(Device device, long pa, long length, DmaDirection direction);

    /**
     * Undoes a {@link #map(Device, long, long, DmaDirection)}.
     *
     * @param iova as it was returned
     * @param length as it was given
     * @throws IommuException {@link Reason#INCOMPATIBLE} if no map can have given this pair: nothing is unmapped then;
     * or if part of it was not mapped: what was mapped before that hole is unmapped, the IOVAs stay taken
     */
    void unmap(Device device, long iova, long length);

    /**
     * Maps all of a list into one block of IOVAs, piece after piece, each from a page's start. Pieces that follow each
     * other without a gap on the device's side are joined into one segment, within {@link DmaLimits#maxSegment} and
     * {@link DmaLimits#boundaryMask}. A single piece is never split, nor is its length checked against them.
     *
     * @return {@link ScatterList#segments}
     * @throws IommuException as map; {@link Reason#BUSY} if the list is mapped; nothing is mapped then
     */
    int map(Device device, ScatterList list, DmaDirection direction);

    /** Undoes a {@link #map(Device, ScatterList, DmaDirection)}. @throws IommuException as unmap */
    void unmap(Device device, ScatterList list);

    /**
     * Zeroed, physically contiguous memory, mapped for both directions.
     *
     * @param length in bytes, above 0, at most 16 MiB
     * @throws IommuException as map
     */
    CoherentMemory allocate(Device device, long length);

    /** Gives coherent memory back; the device cannot reach it any more. @throws IommuException as unmap */
    void free(Device device, CoherentMemory memory);

    /**
     * Maps at an IOVA that the caller has chosen, for replays of what another system chose. If a lazily unmapped part
     * of the range waits for its flush, that happens first. A device is used either with chosen or with given
     * addresses: a given one that is taken already is refused with {@link Reason#EXISTS}.
     *
     * @param protection {@link org.iommu4j.api.Protection} bits
     * @throws IommuException as {@link org.iommu4j.api.DomainOps#map}
     */
    void mapAt(Device device, long iova, long pa, long length, int protection);

    /**
     * Unmaps at an IOVA that the caller has chosen; strict or lazy as the group is.
     *
     * @return bytes unmapped, up to the first hole
     * @throws IommuException as {@link org.iommu4j.api.DomainOps#unmap}
     */
    long unmapAt(Device device, long iova, long length);

    /** Makes true what was unmapped lazily: no device of the group reaches it when this has returned. */
    void flush(IommuGroup group);

    /** What lazy unmapping has saved and left open. */
    FlushReport report(IommuGroup group);
}
