package org.iommu4j.hwsim.device;

/** Where a machine's device threads look for a {@link PreemptionPoint}; none is set unless a test does. */
public final class Preemption {
    private volatile PreemptionPoint point;

    /** @param point null for none */
    public void set(PreemptionPoint point) {
        this.point = point;
    }

    PreemptionPoint point() {
        return point;
    }
}
