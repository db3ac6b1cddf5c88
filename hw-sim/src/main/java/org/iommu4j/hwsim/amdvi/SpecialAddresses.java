package org.iommu4j.hwsim.amdvi;

import org.iommu4j.api.Protection;

/**
 * Addresses that are not memory, and what becomes of requests to them. AMD 48882 section 2.1.2, table 3; 2.2.2.1 (IV,
 * IntCtl, IoCtl, SysMgt). Requests with a PASID have no special addresses but interrupts, which they cannot send.
 * <pre>
 *  FEE0_0000 to FEEF_FFFF                interrupts: writes, by IV and IntCtl
 *  FD_0000_0000 to FF_FFFF_FFFF          of which
 *    FD_F910_0000 to FD_F91F_FFFF        system management, by SysMgt
 *    FD_FC00_0000 to FD_FDFF_FFFF        port I/O, by IoCtl
 *    all others                          reserved, or messages that no PCI Express device sends
 * </pre>
 * Interrupt remapping is absent: what is to be remapped is refused.
 */
final class SpecialAddresses {
    /** Neither forwarded nor refused: the address is translated. */
    static final long TRANSLATED = 0;
    /** The address is used as it is. */
    static final long FORWARDED = 1;

    private static final int FORWARD = 1;
    private static final int TRANSLATE_PORTS = 2;
    private static final int TRANSLATE_MANAGEMENT = 3;
    private static final int INTERRUPTS_LG2 = 20;
    private static final long INTERRUPTS = 0xfee;
    private static final int SPECIAL_LG2 = 32;
    private static final long FIRST_SPECIAL = 0xfd;
    private static final long LAST_SPECIAL = 0xff;
    private static final int MANAGEMENT_LG2 = 20;
    private static final long MANAGEMENT = 0xfdf91;
    private static final int PORTS_LG2 = 25;
    private static final long PORTS = 0xfdfcL >>> 1;

    private SpecialAddresses() {
    }

    static boolean contains(long address) {
        long special = address >>> SPECIAL_LG2;
        return address >>> INTERRUPTS_LG2 == INTERRUPTS || special >= FIRST_SPECIAL && special <= LAST_SPECIAL;
    }

    /** {@link #TRANSLATED}, {@link #FORWARDED} or the event that refuses the request. @param address a special one */
    static long answer(Target target, boolean pasid, long address, int access) {
        if (address >>> INTERRUPTS_LG2 == INTERRUPTS) {
            return interrupt(target, pasid, access);
        }
        if (pasid) {
            return TRANSLATED;
        }
        if (target.forwarded) {
            return FORWARDED;
        }
        if (address >>> MANAGEMENT_LG2 == MANAGEMENT) {
            return target.systemManagement == TRANSLATE_MANAGEMENT ? TRANSLATED
                    : Event.INVALID_REQUEST | Event.SYSTEM_MANAGEMENT;
        }
        if (address >>> PORTS_LG2 == PORTS) {
            return target.portControl == TRANSLATE_PORTS ? TRANSLATED
                    : target.portControl == FORWARD ? FORWARDED : Event.INVALID_REQUEST | Event.PORT_IO;
        }
        return Event.INVALID_REQUEST | Event.RESERVED_INTERRUPTS;
    }

    private static long interrupt(Target target, boolean pasid, int access) {
        if (access != Protection.WRITE) {
            return Event.INVALID_REQUEST | Event.READ_OF_INTERRUPTS;
        }
        if (pasid) {
            return Event.PAGE_FAULT | Event.GN | Event.I;
        }
        return target.interruptControl == DeviceTable.INTERRUPTS_FORWARDED ? FORWARDED : Event.PAGE_FAULT | Event.I;
    }
}
