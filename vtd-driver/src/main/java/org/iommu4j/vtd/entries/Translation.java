package org.iommu4j.vtd.entries;

import java.util.Locale;

/**
 * What a requester's entry says. Immutable.
 *
 * @param kind whether there is a page table, and of which stage
 * @param root physical address of the page table; 0 without one
 * @param levels of the page table, 3 to 5; for {@link Kind#IDENTITY} the most that the unit has, which the formats ask
 * for; 0 when blocked
 * @param domainId tag of cached translations; 0 when blocked
 * @param marksWrites true if hardware marks in the page table what it accesses and writes; second stage only
 */
public record Translation(Kind kind, long root, int levels, int domainId, boolean marksWrites) {
    /** Whether there is a page table, and of which stage. */
    public enum Kind {
        /** The entry is not present. */
        BLOCKED,
        /** Requests pass untranslated. */
        IDENTITY,
        /** Second-stage translation. */
        SECOND_STAGE,
        /** First-stage translation, scalable mode only. */
        FIRST_STAGE,
        /** Present, but nothing that this driver writes. */
        FOREIGN
    }

    /** Nothing passes. */
    public static final Translation BLOCKED = new Translation(Kind.BLOCKED, 0, 0, 0, false);
    /** Domain id of all requesters that pass untranslated; 0 is reserved by caching mode. */
    public static final int IDENTITY_ID = 1;

    /** The address width fields of all formats are levels less two. */
    static final int AW_LEVELS = 2;

    /** Requests pass untranslated. */
    public static Translation identity(int mostLevels) {
        return new Translation(Kind.IDENTITY, 0, mostLevels, IDENTITY_ID, false);
    }

    /** Second-stage translation. */
    public static Translation secondStage(long root, int levels, int domainId, boolean marksWrites) {
        return new Translation(Kind.SECOND_STAGE, root, levels, domainId, marksWrites);
    }

    /** First-stage translation. */
    public static Translation firstStage(long root, int levels, int domainId) {
        return new Translation(Kind.FIRST_STAGE, root, levels, domainId, false);
    }

    /** Present, but nothing that this driver writes. */
    static Translation foreign(int levels, int domainId) {
        return new Translation(Kind.FOREIGN, 0, levels, domainId, false);
    }

    public boolean isBlocked() {
        return kind == Kind.BLOCKED;
    }

    /** True if there is a page table. */
    public boolean hasTable() {
        return kind == Kind.FIRST_STAGE || kind == Kind.SECOND_STAGE;
    }

    /** True if what is cached of it is tagged by PASID, in scalable mode (section 6.2.4). */
    public boolean isTaggedByPasid() {
        return kind == Kind.FIRST_STAGE || kind == Kind.IDENTITY;
    }

    @Override
    public String toString() {
        String name = kind.toString().toLowerCase(Locale.ROOT).replace('_', ' ');
        return hasTable()
                ? String.format("%s root=%#x levels=%d domain id %d%s", name, root, levels, domainId,
                        marksWrites ? " marking writes" : "")
                : name + " domain id " + domainId;
    }
}
