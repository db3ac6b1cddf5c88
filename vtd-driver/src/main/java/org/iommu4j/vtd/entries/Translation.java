package org.iommu4j.vtd.entries;

import java.util.Locale;

/**
 * What a requester's entry says. Immutable.
 *
 * @param kind whether there is a page table
 * @param root physical address of the page table; 0 without one
 * @param levels of the page table, 3 to 5; for {@link Kind#IDENTITY} the most that the unit has, which the formats ask
 * for; 0 when blocked
 * @param domainId tag of cached translations; 0 when blocked
 */
public record Translation(Kind kind, long root, int levels, int domainId) {
    /** Whether there is a page table. */
    public enum Kind {
        /** The entry is not present. */
        BLOCKED,
        /** Requests pass untranslated. */
        IDENTITY,
        /** Second-stage translation. */
        PAGING,
        /** Present, but nothing that this driver writes. */
        FOREIGN
    }

    /** Nothing passes. */
    public static final Translation BLOCKED = new Translation(Kind.BLOCKED, 0, 0, 0);
    /** Domain id of all requesters that pass untranslated; 0 is reserved by caching mode. */
    public static final int IDENTITY_ID = 1;

    /** The address width fields of all formats are levels less two. */
    static final int AW_LEVELS = 2;

    /** Requests pass untranslated. */
    public static Translation identity(int mostLevels) {
        return new Translation(Kind.IDENTITY, 0, mostLevels, IDENTITY_ID);
    }

    /** Second-stage translation. */
    public static Translation paging(long root, int levels, int domainId) {
        return new Translation(Kind.PAGING, root, levels, domainId);
    }

    public boolean isBlocked() {
        return kind == Kind.BLOCKED;
    }

    @Override
    public String toString() {
        return kind == Kind.PAGING
                ? String.format("paging root=%#x levels=%d domain id %d", root, levels, domainId)
                : kind.toString().toLowerCase(Locale.ROOT) + " domain id " + domainId;
    }
}
