package org.iommu4j.hwsim.vtd;

/**
 * Where a source's requests go: what context and PASID entry say, decoded. One a device thread, filled by
 * {@link ContextLookup} and {@link PasidLookup}.
 */
final class Target {
    /** Translation is off: the address is used as it is. */
    boolean off;
    /** The table mode was scalable: it decides the reason codes. */
    boolean scalable;
    /** FPD of an entry on the way: faults from there on are not recorded. */
    boolean quiet;
    /** The address is used as it is, within {@link #addressBits}. */
    boolean passThrough;
    int domain;
    /** Of the second stage, 3 to 5. */
    int levels;
    /** Physical address of the second stage's root table. */
    long table;
    /** Addresses of 2 to this power and more are refused. */
    int addressBits;
    /** A {@link FaultReason}, or 0. */
    int fault;

    /** Nothing known, no fault. */
    void clear() {
        off = false;
        scalable = false;
        quiet = false;
        passThrough = false;
        fault = FaultReason.NONE;
    }

    /** Ends a look-up with a fault. @return false */
    boolean refuse(int reason) {
        fault = reason;
        return false;
    }

    /** A second stage. */
    boolean translate(int domain, int aw, long word0, VtdCapabilities caps) {
        this.domain = domain;
        levels = aw + 2;
        table = word0 & -1L << 12;
        addressBits = Math.min(caps.guestAddressBits(), 12 + 9 * levels);
        return true;
    }

    /** Pass-through. */
    boolean pass(VtdCapabilities caps) {
        passThrough = true;
        addressBits = caps.physicalAddressBits();
        return true;
    }
}
