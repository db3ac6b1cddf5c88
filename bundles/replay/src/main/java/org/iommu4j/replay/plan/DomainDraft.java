package org.iommu4j.replay.plan;

/** A domain while the plan is made: who it is, what is mapped in it, and when it began. */
final class DomainDraft {

    /** Kernel address of the domain; 0 if no kprobe named it. */
    final long pointer;
    /** The device that names it, or -1. */
    final int device;
    /** Group key as {@link Topology#group}; meaningless without a device. */
    final int group;
    final LiveSet live = new LiveSet();
    /** Index in the plan once it has begun, else -1. */
    int index = -1;
    /** The note that last mapped here. */
    int lastUse;
    /** In an unnamed domain, the first IOVA behind its last map. */
    long lastEnd;

    DomainDraft(long pointer, int device, int group) {
        this.pointer = pointer;
        this.device = device;
        this.group = group;
    }

    boolean named() {
        return device >= 0;
    }
}
