package org.iommu4j.hwsim.amdvi;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * What a unit says of itself, as register values; the model does what they say and no more. AMD 48882 section 3.1
 * (capability block), 3.4 (extended feature register, MMIO offset 30h).
 * <pre>
 *  header:  31  29  28     27     26      25       24     23 19 18 16 15    8 7     0
 *          +------+------+------+-------+--------+--------+------+-----+-------+-------+
 *          |  0   |CapExt|EFRSup|NpCache|HtTunnel|IotlbSup|CapRev|  3  |CapPtr |  0Fh  |
 *          +------+------+------+-------+--------+--------+------+-----+-------+-------+
 *  EFR: 3 NXSup, 4 GTSup, 6 IASup, 8 HESup, 11:10 HATS, 13:12 GATS, 15:14 GLXSup, 36:32 PASmax, 37 USSup, 48 GIoSup,
 *       49 HASup, 52 HDSup; the other bits promise what the model does not have
 * </pre>
 *
 * @param header capability header of the unit's PCI function; CapPtr is 0 here
 * @param efr extended feature register
 * @param efr2 extended feature 2 register, 0
 * @param physicalAddressBits width of a physical address, 32 to 52
 */
public record AmdCapabilities(int header, long efr, long efr2, int physicalAddressBits) {
    /** Secure device, an IOMMU, revision 1, with extended features and miscellaneous information 1. */
    static final int PLAIN_HEADER = 0x180b_000f;

    private static final int IDENTITY = 0x0007_ffff;
    private static final int IDENTITY_OF_IOMMU = 0x0003_000f;
    private static final int[] PROMISE_BITS = {
        0, 1, 2, 5, 7, 9, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 38, 39, 40, 41, 42, 43, 44, 45,
        46, 47, 50, 51, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    private static final String[] PROMISES = {
        "prefetch (PreFSup)", "peripheral page requests (PPRSup)", "x2APIC (XTSup)", "a reserved bit",
        "the guest virtual APIC (GASup)", "performance counters (PCSup)", "SMI filters (SmiFSup)",
        "SMI filters (SmiFSup)", "SMI filters (SmiFRC)", "SMI filters (SmiFRC)", "SMI filters (SmiFRC)",
        "guest virtual APIC modes (GAMSup)", "guest virtual APIC modes (GAMSup)", "guest virtual APIC modes (GAMSup)",
        "a dual page request log (DualPprLogSup)", "a dual page request log (DualPprLogSup)", "a reserved bit",
        "a reserved bit", "a dual event log (DualEventLogSup)", "a dual event log (DualEventLogSup)",
        "a reserved bit", "a reserved bit", "device table segments (DevTblSegSup)",
        "device table segments (DevTblSegSup)", "early overflow warnings (PprOvrflwEarlySup)",
        "automatic page responses (PprAutoRspSup)", "memory access routing (MarcSup)",
        "memory access routing (MarcSup)", "stop marks (BlkStopMrkSup)", "performance optimisation (PerfOptSup)",
        "the MSI capability by MMIO (MsiCapMmioSup)", "a reserved bit", "enhanced page requests (EPHSup)",
        "attribute forwarding (AttrFWSup)", "guest-only dirty bits (V2HaSupDis)", "typed IOTLB invalidation "
        + "(InvIotlbTypeSup)", "virtualisation (vIommuSup)", "a reserved bit", "a reserved bit", "a reserved bit",
        "a reserved bit", "a reserved bit", "a switch for guest table updates (GAUpdateDisSup)",
        "physical destinations (ForcePhyDestSup)", "secure nested paging (SNPSup)"};

    public AmdCapabilities {
        if ((header & IDENTITY & ~0xff00) != IDENTITY_OF_IOMMU || header >>> 29 != 0) {
            throw bad("capability header %#x: an IOMMU's has id 0Fh, type 3 and no reserved bit", header);
        }
        refuse("capability header", header, 24, "device-TLBs (IotlbSup)");
        refuse("capability header", header, 25, "a HyperTransport tunnel (HtTunnel)");
        if (!bit(header, 27) && efr != 0) {
            throw bad("capability header %#x: EFRSup is 0, but EFR is %#x", header, efr);
        }
        for (int i = 0; i < PROMISE_BITS.length; i++) {
            refuse("EFR", efr, PROMISE_BITS[i], PROMISES[i]);
        }
        if (efr2 != 0) {
            throw bad("EFR2 %#x: the model has none of its features", efr2);
        }
        if (field(efr, 11, 10) == 3 || field(efr, 13, 12) > 1 || field(efr, 15, 14) == 3) {
            throw bad("EFR %#x: HATS %d, GATS %d, GLXSup %d; up to 2, 1 and 2 are possible", efr, field(efr, 11, 10),
                    field(efr, 13, 12), field(efr, 15, 14));
        }
        if (field(efr, 36, 32) > 19) {
            throw bad("EFR %#x: PASmax %d, a PASID has 20 bits", efr, field(efr, 36, 32));
        }
        if (physicalAddressBits < 32 || physicalAddressBits > 52) {
            throw bad("a physical address of %d bits: 32 to 52 are possible", physicalAddressBits);
        }
    }

    private static void refuse(String register, long value, int bit, String what) {
        if (bit(value, bit)) {
            throw bad("%s %#x: bit %d promises %s, which the model does not have", register, value, bit, what);
        }
    }

    private static IommuException bad(String format, Object... arguments) {
        return IommuException.of(Reason.BAD_INPUT, format, arguments);
    }

    private static int field(long register, int high, int low) {
        return (int) (register >>> low & (1L << high - low + 1) - 1);
    }

    private static boolean bit(long register, int bit) {
        return (register >>> bit & 1) != 0;
    }

    /** NpCache: entries that are not present may be cached. */
    boolean cachesNotPresent() {
        return bit(header, 26);
    }

    /** NXSup: bit 63 of guest paging entries is not reserved. */
    boolean noExecute() {
        return bit(efr, 3);
    }

    /** GTSup: guest translation. */
    boolean guestTranslation() {
        return bit(efr, 4);
    }

    /** IASup: the command INVALIDATE_IOMMU_ALL. */
    boolean invalidateAll() {
        return bit(efr, 6);
    }

    /** HESup: the hardware event registers. */
    boolean hardwareEvents() {
        return bit(efr, 8);
    }

    /** HATS: most levels of host tables, 4 to 6. */
    int hostLevels() {
        return 4 + field(efr, 11, 10);
    }

    /** GATS: most levels of guest tables, 4 or 5. */
    int guestLevels() {
        return 4 + field(efr, 13, 12);
    }

    /** GLXSup: most levels of a guest CR3 table, less one. */
    int guestPointerLevels() {
        return field(efr, 15, 14);
    }

    /** PASmax: width of a PASID in bits, 1 to 20. */
    int pasidBits() {
        return field(efr, 36, 32) + 1;
    }

    /** GIoSup: requests without PASID may be translated by the guest tables of PASID 0. */
    boolean guestProtection() {
        return bit(efr, 48);
    }

    /** HASup: accessed bits of host tables. */
    boolean hostAccessed() {
        return bit(efr, 49);
    }

    /** HDSup: dirty bits of host tables. */
    boolean hostDirty() {
        return bit(efr, 52);
    }

    /** Bytes of the register file: 3.4, 16 KiB without performance counters. */
    long registerBytes() {
        return 1L << 14;
    }
}
