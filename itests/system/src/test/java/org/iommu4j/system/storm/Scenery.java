package org.iommu4j.system.storm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.system.rig.Rig;

/**
 * The domains between which a group is moved, and what each makes of the same IOVAs: paging domains map each to a page
 * of their own, identity to itself, blocked to nothing. The first word of each page is its tag, the others belong to
 * one writer each. Immutable.
 */
final class Scenery {
    static final int PAGING = 3;
    static final int IDENTITY = PAGING;
    static final int BLOCKED = PAGING + 1;
    static final int DOMAINS = PAGING + 2;
    /** No page. */
    static final long NONE = -1;

    private static final long IOVAS = 0x1_8000_0000L;
    private static final int PAGES = 6;
    private static final long LARGE = 1 << 21;
    private static final long FRAMES = 0x1_0000_0000L;
    private static final long FRAMES_OF_DOMAIN = 0x100_0000;

    private final List<Domain> domains = new ArrayList<>();
    private final PhysicalMemory memory;
    private final int place;
    /** Of a page. */
    private final long size;
    private final boolean hasLarge;
    /** One in a table with its neighbour, in tables of their own, and, the last one, in a page of 2 MiB if there are such. */
    private final long[] offsets;

    /**
     * @param place keeps the pages of several sceneries on one machine apart, 0 to 15
     * @param flags of the last paging domain
     */
    Scenery(Rig rig, IommuGroup group, int place, Set<DomainFlag> flags) {
        this.memory = rig.memory();
        this.place = place;
        this.size = rig.page();
        this.hasLarge = (group.defaultDomain().pageSizes() & LARGE) != 0;
        this.offsets = new long[] {0, size, 0x20_0000, 0x40_0000 - size, 0x1000_0000, 0x4000_0000 - LARGE};
        for (int number = 0; number < PAGING; number++) {
            Domain domain = rig.iommu().allocate(group, number == PAGING - 1 ? flags : Set.of());
            for (int page = 0; page < PAGES; page++) {
                boolean large = hasLarge && page == PAGES - 1;
                rig.domains().map(domain, iova(page), frame(number, page), large ? LARGE : size, Rig.RW);
            }
            domains.add(domain);
        }
        domains.add(rig.iommu().identity());
        domains.add(rig.iommu().blocked());
        for (int number = 0; number < BLOCKED; number++) {
            for (int page = 0; page < PAGES; page++) {
                memory.storeRelease64(physical(number, page), tag(number, page));
            }
        }
    }

    static int pages() {
        return PAGES;
    }

    long iova(int page) {
        return IOVAS + offsets[page];
    }

    Domain domain(int number) {
        return domains.get(number);
    }

    /** Where a domain sends a page, or {@link #NONE}. */
    long physical(int number, int page) {
        return number == BLOCKED ? NONE : number == IDENTITY ? iova(page) : frame(number, page);
    }

    /** What the first word of a page holds. */
    long tag(int number, int page) {
        return 0x7A6_0000_0000L | (long) (number == IDENTITY ? 0 : place + 1) << 16 | number << 8 | page;
    }

    long word(long pa, int writer) {
        return memory.loadAcquire64(pa + offset(writer));
    }

    /** Of a writer's word in a page. */
    static long offset(int writer) {
        return (writer + 1L) * Long.BYTES;
    }

    private long frame(int number, int page) {
        long base = FRAMES + (place * PAGING + number) * FRAMES_OF_DOMAIN;
        return page == PAGES - 1 ? base + LARGE : base + page * size;
    }
}
