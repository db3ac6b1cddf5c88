package org.iommu4j.hwsim.amdvi;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
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
    /** Bits of what the model has; of their fields not all values are possible. */
    private static final long KNOWN = 0x0013_003f_0000_fd58L;
    /** By bit of the EFR; a field's name is at its lowest bit and stands for those above it. */
    private static final NavigableMap<Integer, String> PROMISES = new TreeMap<>(Map.ofEntries(
            Map.entry(0, "prefetch, PreFSup"), Map.entry(1, "page requests, PPRSup"), Map.entry(2, "x2APIC, XTSup"),
            Map.entry(5, "a reserved bit"), Map.entry(7, "the guest virtual APIC, GASup"),
            Map.entry(9, "performance counters, PCSup"), Map.entry(16, "SMI filters, SmiFSup"),
            Map.entry(21, "guest virtual APIC modes, GAMSup"), Map.entry(24, "a dual page request log, DualPprLogSup"),
            Map.entry(26, "a reserved bit"), Map.entry(28, "a dual event log, DualEventLogSup"),
            Map.entry(30, "a reserved bit"), Map.entry(38, "device table segments, DevTblSegSup"),
            Map.entry(40, "page requests, PprOvrflwEarlySup"), Map.entry(41, "page requests, PprAutoRspSup"),
            Map.entry(42, "memory access routing, MarcSup"), Map.entry(44, "stop marks, BlkStopMrkSup"),
            Map.entry(45, "performance optimization, PerfOptSup"), Map.entry(46, "MSI by MMIO, MsiCapMmioSup"),
            Map.entry(47, "a reserved bit"), Map.entry(50, "page requests, EPHSup"),
            Map.entry(51, "attribute forwarding, AttrFWSup"), Map.entry(53, "a reserved bit"),
            Map.entry(54, "typed device-TLB invalidation, InvIotlbTypeSup"), Map.entry(55, "a reserved bit"),
            Map.entry(61, "a switch for guest table updates, GAUpdateDisSup"),
            Map.entry(62, "physical destinations, ForcePhyDestSup"), Map.entry(63, "secure nested paging, SNPSup")));

    public AmdCapabilities {
        if ((header & IDENTITY & ~0xff00) != IDENTITY_OF_IOMMU || header >>> 29 != 0) {
            throw bad("capability header %#x: an IOMMU's has id 0Fh, type 3 and no reserved bit", header);
        }
        refuse("capability header", header, 24, "device-TLBs (IotlbSup)");
        refuse("capability header", header, 25, "a HyperTransport tunnel (HtTunnel)");
        if (!bit(header, 27) && efr != 0) {
            throw bad("capability header %#x: EFRSup is 0, but EFR is %#x", header, efr);
        }
        long absent = efr & ~KNOWN;
        if (absent != 0) {
            int bit = Long.numberOfTrailingZeros(absent);
            refuse("EFR", efr, bit, PROMISES.floorEntry(bit).getValue());
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
