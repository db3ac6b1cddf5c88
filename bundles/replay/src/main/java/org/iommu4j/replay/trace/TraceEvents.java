package org.iommu4j.replay.trace;

/**
 * Receives the events of a trace in file order, on the thread that reads. Every {@code line} and {@code segments}
 * object is reused: it holds only during the call. Device names are shared strings. Addresses are unsigned 64-bit;
 * {@code iova}, {@code physical} and {@code length} of maps and unmaps are multiples of 4096, and no range wraps.
 *
 * <p>A method may throw {@link TraceException} to refuse the trace.
 */
public interface TraceEvents {

    /** Tracepoint {@code iommu:map}: the mapping was made. Names no domain and no device. */
    void map(TraceLine line, long iova, long physical, long length) throws TraceException;

    /** Tracepoint {@code iommu:unmap}: {@code length} bytes (never 0) were unmapped. Names no domain, no device. */
    void unmap(TraceLine line, long iova, long length) throws TraceException;

    /** Kprobe at the mapping call's entry. {@code protection}: Linux's {@code IOMMU_*} bits, or -1 if not printed. */
    void probeMap(TraceLine line, long domain, long iova, long length, int protection);

    /** Kprobe at the unmapping call's entry. */
    void probeUnmap(TraceLine line, long domain, long iova, long length);

    /** A driver got DMA addresses for a page, a scatter list or an allocation; follows its maps. */
    void dmaMap(TraceLine line, String device, DmaDirection direction, Segments segments);

    /** A driver gave a page or an allocation back; follows its unmap. */
    void dmaUnmap(TraceLine line, String device, Segments segments);

    /** A driver gives a scatter list back; precedes its unmap and does not name its IOVA. */
    void dmaUnmapScatter(TraceLine line, String device);

    /** The device's group was attached to a domain, which is not named. */
    void attach(TraceLine line, String device);

    /** The device joined a group. */
    void addToGroup(TraceLine line, int group, String device);

    /** One invalidation command as Linux issued it; {@code kind} is {@code qi_submit}'s word or the command's name. */
    void invalidation(TraceLine line, String kind);

    /** A phase of the workload begins. */
    void phase(TraceLine line, String name);
}
