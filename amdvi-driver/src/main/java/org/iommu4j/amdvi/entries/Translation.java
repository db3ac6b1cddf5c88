package org.iommu4j.amdvi.entries;

import java.util.Locale;

/**
 * What a requester's entry says. Immutable.
 *
 * @param kind whether there is a page table, and of which sort
 * @param root physical address of the page table; 0 without one
 * @param levels of the page table; 0 without one
 * @param domainId tag of cached translations; 0 when blocked
 * @param marksWrites true if hardware marks in the page table what it accesses and writes; host tables only
 */
public record Translation(Kind kind, long root, int levels, int domainId, boolean marksWrites) {
    /** Whether there is a page table, and of which sort. */
    public enum Kind {
        /** Everything is refused. */
        BLOCKED,
        /** Requests pass untranslated. */
        IDENTITY,
        /** Host (v1) table. */
        HOST,
        /** Guest (v2) table, by way of a GCR3 table. */
        GUEST,
        /** Nothing that this driver writes. */
        FOREIGN
    }

    /** Nothing passes. */
    public static final Translation BLOCKED = new Translation(Kind.BLOCKED, 0, 0, 0, false);
    /** Domain id of all requesters that pass untranslated; 0 is that of blocked ones. */
    public static final int IDENTITY_ID = 1;
    /** Requests pass untranslated. */
    public static final Translation IDENTITY = new Translation(Kind.IDENTITY, 0, 0, IDENTITY_ID, false);

    /** Translation by a host table. */
    public static Translation host(long root, int levels, int domainId, boolean marksWrites) {
        return new Translation(Kind.HOST, root, levels, domainId, marksWrites);
    }

    /** Translation by a guest table, of requests without PASID. */
    public static Translation guest(long root, int domainId) {
        return new Translation(Kind.GUEST, root, DeviceTableEntry.GUEST_LEVELS, domainId, false);
    }

    /** Nothing that this driver writes. */
    static Translation foreign(int domainId) {
        return new Translation(Kind.FOREIGN, 0, 0, domainId, false);
    }

    public boolean isBlocked() {
        return kind == Kind.BLOCKED;
    }

    /** True if there is a page table. */
    public boolean hasTable() {
        return kind == Kind.HOST || kind == Kind.GUEST;
    }

    @Override
    public String toString() {
        String name = kind.toString().toLowerCase(Locale.ROOT);
        return hasTable()
                ? String.format("%s root=%#x levels=%d domain id %d%s", name, root, levels, domainId,
                        marksWrites ? " marking writes" : "")
                : name + " domain id " + domainId;
    }
}
