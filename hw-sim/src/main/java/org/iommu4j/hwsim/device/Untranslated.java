package org.iommu4j.hwsim.device;

import org.iommu4j.hwsim.machine.Requester;

/** The way to memory of a device with no IOMMU above it. */
final class Untranslated implements Requester {
    @Override
    public void enter() {
        // nobody drains it
    }

    @Override
    public long translate(int rid, int pasid, long iova, int access) {
        return iova;
    }

    @Override
    public void exit() {
        // nobody drains it
    }
}
