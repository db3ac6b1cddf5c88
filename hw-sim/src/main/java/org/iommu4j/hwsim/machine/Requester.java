package org.iommu4j.hwsim.machine;

/**
 * A device thread's port into an IOMMU. Used by that thread alone. A transaction is {@link #enter}, {@link #translate},
 * memory access, {@link #exit}: translation and access lie in one interval, and whoever drains the unit waits for the
 * intervals that are open. A burst may enter once for several transactions. Allocates nothing.
 */
public interface Requester {
    /** Answer to a request that the unit refused; the fault has been recorded. No address has this value. */
    long ABORT = -1;
    /** In place of a PASID: the request carries none. */
    int NO_PASID = -1;

    /** Begins an interval. Intervals do not nest. */
    void enter();

    /**
     * Translates inside an interval. The answer is good for the rest of the page, of 4 KiB, that the IOVA lies in.
     *
     * @param rid requester id, 0 to 65535, plus the unit's {@code idBase}: at an SMMU, the StreamID
     * @param pasid 0 to 2^20-1, or {@link #NO_PASID}
     * @param iova any 64-bit value
     * @param access {@link org.iommu4j.api.Protection#READ}, {@link org.iommu4j.api.Protection#WRITE} or both
     * @return the physical address, or {@link #ABORT}
     */
    long translate(int rid, int pasid, long iova, int access);

    /** Ends the interval: every access that used its translations has been made. */
    void exit();
}
