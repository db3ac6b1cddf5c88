package org.iommu4j.hwsim.device;

/**
 * A test's chance to stop a device at the worst moment: called on the device's thread after a translation and before
 * the access that uses it, inside the interval. It may block; the transaction is then late.
 */
@FunctionalInterface
public interface PreemptionPoint {
    /** @param pa what the IOMMU answered, {@link org.iommu4j.hwsim.machine.Requester#ABORT} if it refused */
    void translated(int rid, long iova, long pa);
}
