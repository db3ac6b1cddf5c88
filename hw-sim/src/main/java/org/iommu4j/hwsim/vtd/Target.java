package org.iommu4j.hwsim.vtd;

import org.iommu4j.api.Protection;

/**
 * Where a source's requests go: what context and PASID entry say, decoded. One a device thread, filled by
 * {@link ContextLookup} and {@link PasidLookup}.
 */
final class Target {
    private static final int SMALLEST_LEVELS = 2;
    private static final long POINTER = -1L << 12;

    /** Translation is off: the address is used as it is. */
    boolean off;
    /** The table mode was scalable: it decides the reason codes. */
    boolean scalable;
    /** FPD of an entry on the way: faults from there on are not recorded. */
    boolean quiet;
    /** The address is used as it is, within {@link #addressBits}. */
    boolean passThrough;
    /** What translations are cached under; see {@link TranslationCaches}. */
    int tag;
    /** Of the stage's tables. */
    PagingFormat format;
    /** Of the stage, 3 to 5. */
    int levels;
    /** Physical address of the stage's root table. */
    long table;
    /** Paging entries are read with a look at the processors' caches. */
    boolean snooped;
    /** Bits that every entry on the way gets, 0 if none are kept. */
    long accessed;
    /** The bit that the leaf of a written page gets, 0 if none is kept. */
    long dirty;
    /** An address is refused if this plus it is 2 to the power of {@link #addressBits} or more. */
    int addressBits;
    /** What makes an address canonical: 2^47 for 48 bits; 0 if it just has to be small. */
    long half;
    /** What refuses such an address. */
    int beyond;
    /** A {@link FaultReason}, or 0. */
    int fault;
    boolean firstStage;
    /** First stage: whether requests are a supervisor's, and RW binds a supervisor too. */
    private boolean supervisor;
    private boolean writeProtect;

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

    /** A second stage of legacy mode. @return true */
    boolean legacy(long word0, int aw, VtdCapabilities caps, TranslationCaches caches) {
        stage(caches.legacySecondStage, word0, caps.coherent());
        beyond = FaultReason.BEYOND_WIDTH;
        return secondStage(aw, caps);
    }

    /** The second stage of a PASID entry. @return true */
    boolean second(long word0, boolean snooped, VtdCapabilities caps, TranslationCaches caches) {
        stage(caches.secondStage, word0, snooped);
        if (PasidEntry.marksSecondStage(word0)) {
            accessed = PagingFormat.SECOND_ACCESSED;
            dirty = PagingFormat.SECOND_DIRTY;
        }
        beyond = FaultReason.S_BEYOND_WIDTH;
        return secondStage(PasidEntry.width(word0), caps);
    }

    /** The first stage of a PASID entry. @return true */
    boolean first(long word2, boolean snooped, boolean supervisor, TranslationCaches caches) {
        stage(caches.firstStage, word2, snooped);
        firstStage = true;
        this.supervisor = supervisor;
        writeProtect = PasidEntry.writeProtect(word2);
        accessed = PagingFormat.FIRST_ACCESSED | (PasidEntry.extendedAccessed(word2) ? PagingFormat.FIRST_EXTENDED : 0);
        dirty = PagingFormat.FIRST_DIRTY;
        levels = PasidEntry.firstStageLevels(word2);
        addressBits = PagingFormat.PAGE_LG2 + PagingFormat.LEVEL_BITS * levels;
        half = 1L << addressBits - 1;
        beyond = FaultReason.S_NOT_CANONICAL;
        return true;
    }

    /** Pass-through. @return true */
    boolean pass(VtdCapabilities caps) {
        passThrough = true;
        half = 0;
        addressBits = caps.physicalAddressBits();
        beyond = scalable ? FaultReason.S_BEYOND_MACHINE : FaultReason.BEYOND_WIDTH;
        return true;
    }

    /** What a page allows. @param combined bits that the entries of all levels have set */
    long rights(long combined) {
        if (!firstStage) {
            return combined;
        }
        if (!supervisor && (combined & PagingFormat.US) == 0) {
            return 0;
        }
        boolean write = (combined & PagingFormat.RW) != 0 || supervisor && !writeProtect;
        return write ? Protection.READ | Protection.WRITE : Protection.READ;
    }

    /** Bits that the leaf of a page gets for an access. An access that is refused leaves no mark. */
    long leafMark(long combined, int access) {
        if (accessed == 0 || (access & ~rights(combined)) != 0) {
            return 0;
        }
        return (access & Protection.WRITE) != 0 ? accessed | dirty : accessed;
    }

    private void stage(PagingFormat format, long pointer, boolean snooped) {
        this.format = format;
        this.snooped = snooped;
        table = pointer & POINTER;
        firstStage = false;
        accessed = 0;
        dirty = 0;
    }

    private boolean secondStage(int aw, VtdCapabilities caps) {
        levels = aw + SMALLEST_LEVELS;
        half = 0;
        addressBits = Math.min(caps.guestAddressBits(), PagingFormat.PAGE_LG2 + PagingFormat.LEVEL_BITS * levels);
        return true;
    }
}
