package org.iommu4j.hwsim.amdvi;

/**
 * Where a device's requests go: what its device table entry says, decoded. One a device thread, filled by
 * {@link DeviceTable} and {@link GuestPointers}.
 */
final class Target {
    /** The address is used as it is: the unit is off, or the entry has no V. */
    boolean forwarded;
    /** The entry has V without TV: nothing is translated. */
    boolean untranslatable;
    /** DTE.IR and IW. */
    int rights;
    int domain;
    /** Levels of the host tables; 0: host addresses are used as they are. */
    int hostLevels;
    long hostRoot;
    int hostTag;
    /** Bits that every host entry on the way gets, 0 if none are kept. */
    long accessed;
    /** The bit that a written page's host entry gets, 0 if none is kept. */
    long dirty;
    /** Paging structures are read with a look at the processors' caches. */
    boolean snooped;
    /** Requests with a PASID are translated by guest tables. */
    boolean guest;
    /** So are those without, as of PASID 0. */
    boolean guestProtection;
    /** Guest CR3 table: levels less one, and host address. */
    int guestPointerLevels;
    long guestPointers;
    int guestLevels;
    boolean excluded;
    boolean suppressAll;
    boolean suppressFurther;
    int portControl;
    int systemManagement;
    /** IntCtl if IV is set, else forwarding. */
    int interruptControl;
    /** The request that is resolved goes through guest tables: of which PASID, tag and host address of the root. */
    int pasid;
    int guestTag;
    long guestRoot;
    /** An {@link Event} that refuses the request, 0 for none. */
    long fault;
    /** Its address if that is not the request's own. */
    long faultAddress;
    boolean faultHasAddress;

    /** A unit that is off, or an entry without V, which may still control interrupts. */
    void forward() {
        forwarded = true;
        untranslatable = false;
        guest = false;
        domain = 0;
        suppressAll = false;
        suppressFurther = false;
        interruptControl = DeviceTable.INTERRUPTS_FORWARDED;
    }

    /** Ends a look-up with an event at the address of the request. @return false */
    boolean refuse(long event) {
        fault = event;
        faultHasAddress = false;
        return false;
    }

    /** Ends a look-up with an event that has an address of its own. @return false */
    boolean refuse(long event, long address) {
        fault = event;
        faultAddress = address;
        faultHasAddress = true;
        return false;
    }
}
