package org.iommu4j.hwsim.amdvi;

import org.iommu4j.api.Protection;

/**
 * Guest physical addresses, as the unit itself uses them when it reads guest tables: translated by the device's host
 * tables, or used as they are if it has none. AMD 48882 section 2.2.6.5 (nested translation). What refuses such a read
 * is logged as a host fault, with the guest physical address.
 */
final class GuestMemory {
    static final long FAILED = -1;

    private final HostWalk host;

    GuestMemory(HostWalk host) {
        this.host = host;
    }

    /** System physical address of what is read, or {@link #FAILED} with {@link Target#fault} set. */
    long read(Target target, long guestAddress, long remembered) {
        return translate(target, guestAddress, Protection.READ, remembered);
    }

    /** As {@link #read}, of what is changed too. */
    long change(Target target, long guestAddress, long remembered) {
        return translate(target, guestAddress, Protection.READ | Protection.WRITE, remembered);
    }

    private long translate(Target target, long address, int access, long remembered) {
        if (target.hostLevels == DeviceTableEntry.MODE_NONE) {
            return address;
        }
        long word = host.find(target, address, access, remembered);
        if (word == 0) {
            if (!target.faultHasAddress) {
                target.refuse(target.fault, address);
            }
            return FAILED;
        }
        if ((access & ~HostWalk.usable(word)) != 0) {
            target.refuse(Event.PAGE_FAULT | HostWalk.refusal(word), address);
            return FAILED;
        }
        return HostWalk.apply(word, address);
    }
}
