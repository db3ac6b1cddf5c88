package org.iommu4j.hwsim.vtd;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * What a unit says of itself, as register values; the model does what they say and no more. VT-d specification 11.4.1
 * to 11.4.3.
 *
 * @param version VER_REG
 * @param cap CAP_REG
 * @param ecap ECAP_REG
 * @param physicalAddressBits HAW, the width of a physical address, 32 to 52
 */
public record VtdCapabilities(int version, long cap, long ecap, int physicalAddressBits) {
    private static final long PAGE = 1L << 12;

    public VtdCapabilities {
        refuse("CAP_REG", cap, 3, "advanced fault logging");
        refuse("CAP_REG", cap, 4, "write buffers that must be flushed");
        refuse("CAP_REG", cap, 5, "the protected low-memory region");
        refuse("CAP_REG", cap, 6, "the protected high-memory region");
        refuse("CAP_REG", cap, 59, "posted interrupts");
        refuse("ECAP_REG", ecap, 3, "interrupt remapping");
        refuse("ECAP_REG", ecap, 4, "extended interrupt mode");
        refuse("ECAP_REG", ecap, 26, "nested translation");
        refuse("ECAP_REG", ecap, 29, "page requests");
        refuse("ECAP_REG", ecap, 42, "page-request drain");
        refuse("ECAP_REG", ecap, 44, "virtual commands");
        if (physicalAddressBits < 32 || physicalAddressBits > 52) {
            throw bad("a physical address of %d bits: 32 to 52 are possible", physicalAddressBits);
        }
        if (field(cap, 12, 8) == 0) {
            throw bad("CAP_REG %#x: SAGAW is 0, no page-table depth is supported", cap);
        }
        if (field(cap, 12, 8) != (field(cap, 12, 8) & 0b01110)) {
            throw bad("CAP_REG %#x: SAGAW has bits besides 3, 4 and 5 levels", cap);
        }
    }

    private static void refuse(String register, long value, int bit, String what) {
        if ((value >>> bit & 1) != 0) {
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

    /** CAP.ND: width of a domain id in bits, 4 to 16. */
    int domainIdBits() {
        return Math.min(16, 4 + 2 * field(cap, 2, 0));
    }

    /** CAP.CM: entries that are not present may be cached. */
    boolean cachingMode() {
        return bit(cap, 7);
    }

    /** CAP.SAGAW: whether a value of the field AW, 1 to 3 for 3 to 5 levels, is supported. */
    boolean supportsWidth(int aw) {
        return aw < 5 && bit(cap, 8 + aw);
    }

    /** CAP.MGAW: maximum guest address width in bits. */
    int guestAddressBits() {
        return field(cap, 21, 16) + 1;
    }

    /** CAP.SSLPS: whether a leaf may stand at a level; level 1 always, 2 and 3 if supported. */
    boolean supportsLeaf(int level) {
        return level == 1 || level <= 3 && bit(cap, 34 + level - 2);
    }

    /** CAP.FS1GP: 1 GiB pages in the first stage. */
    boolean firstStageGigabytePages() {
        return bit(cap, 56);
    }

    /** CAP.PSI: page-selective invalidation. */
    boolean pageSelective() {
        return bit(cap, 39);
    }

    /** CAP.MAMV: largest address mask of an invalidation. */
    int largestAddressMask() {
        return field(cap, 53, 48);
    }

    /** CAP.DWD, CAP.DRD and, from major version 2 on, always: whether an invalidation with these bits drains. */
    boolean drains(boolean writes, boolean reads) {
        return version >>> 4 >= 2 || writes && bit(cap, 54) || reads && bit(cap, 55);
    }

    /** CAP.ESRTPS: setting the root-table pointer invalidates all caches. */
    boolean rootPointerInvalidates() {
        return bit(cap, 63);
    }

    /** CAP.FRO: offset of the first fault recording register. */
    int faultRecordOffset() {
        return field(cap, 33, 24) << 4;
    }

    /** CAP.NFR: number of fault recording registers. */
    int faultRecords() {
        return field(cap, 47, 40) + 1;
    }

    /** ECAP.C: root, context and PASID structures, and paging structures of legacy mode, are read coherently. */
    boolean coherent() {
        return bit(ecap, 0);
    }

    /** ECAP.QI: queued invalidation. */
    boolean queuedInvalidation() {
        return bit(ecap, 1);
    }

    /** ECAP.DT: device-TLBs. */
    boolean deviceTlbs() {
        return bit(ecap, 2);
    }

    /** ECAP.PT: pass-through. */
    boolean passThrough() {
        return bit(ecap, 6);
    }

    /** ECAP.SC: snoop control, the SNP bit of leaves. */
    boolean snoopControl() {
        return bit(ecap, 7);
    }

    /** ECAP.IRO: offset of IVA_REG; IOTLB_REG follows. */
    int iotlbOffset() {
        return field(ecap, 17, 8) << 4;
    }

    /** ECAP.SRS: supervisor requests. */
    boolean supervisorRequests() {
        return bit(ecap, 31);
    }

    /** ECAP.EAFS: the extended-accessed bit of the first stage. */
    boolean extendedAccessed() {
        return bit(ecap, 34);
    }

    /** ECAP.PASID: requests may carry a PASID. */
    boolean pasids() {
        return bit(ecap, 40);
    }

    /** ECAP.SMTS: scalable mode. */
    boolean scalableMode() {
        return bit(ecap, 43);
    }

    /** ECAP.SSADS: accessed and dirty bits of the second stage. */
    boolean secondStageAccessedDirty() {
        return bit(ecap, 45);
    }

    /** ECAP.FSTS, CAP.FS5LP: whether a first stage of so many levels is supported. */
    boolean supportsFirstStage(int levels) {
        return bit(ecap, 47) && (levels == 4 || levels == 5 && bit(cap, 60));
    }

    /** ECAP.SSTS: second stage in scalable mode. */
    boolean secondStage() {
        return bit(ecap, 46);
    }

    /** ECAP.SMPWCS: paging structures of scalable mode are read coherently where the PASID entry says so. */
    boolean pageWalkCoherency() {
        return bit(ecap, 48);
    }

    /** ECAP.RPS: the field RID_PASID is used; else requests without PASID use PASID 0. */
    boolean ridPasid() {
        return bit(ecap, 49);
    }

    /** Bytes of the register file, whole pages. */
    long registerBytes() {
        long end = Math.max(faultRecordOffset() + 16L * faultRecords(), iotlbOffset() + 16L);
        return Math.max(PAGE, end + PAGE - 1 & -PAGE);
    }

    /** Bits of an address that do not exist on this machine: reserved wherever an entry holds a pointer. */
    long beyondPhysical() {
        return -1L << physicalAddressBits;
    }
}
