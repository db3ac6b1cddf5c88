package org.iommu4j.core.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.DriverError;
import org.iommu4j.core.unit.Seat;

/**
 * The domains that groups are in when no client has attached another: an empty page table with what firmware wants
 * mapped one to one, or identity. Used inside the gate, or while it is closed.
 */
final class DefaultDomains {
    private final Domains domains;
    private final Move move;

    DefaultDomains(Domains domains, Move move) {
        this.domains = domains;
        this.move = move;
    }

    /** A default domain for a group, its direct regions mapped. On failure nothing stays behind. */
    DomainHandle make(DeviceGroup group, DomainType type, Binding binding, Gather gather) {
        if (type == DomainType.IDENTITY) {
            return domains.identity();
        }
        DomainHandle made = domains.allocate(binding, group.home(), type, Set.of());
        try {
            mapDirect(made, group, binding, gather);
            return made;
        } catch (Throwable thrown) {
            IommuException failure = DriverError.text(thrown, "direct regions of " + group);
            domains.free(binding, made);
            throw failure;
        }
    }

    /** Frees what was a default domain. */
    void drop(DomainHandle former, Binding binding) {
        if (former.hasTable()) {
            domains.free(binding, former);
        }
    }

    /** True if every page of the regions that firmware wants mapped for good is mapped one to one. */
    static boolean coversDirect(DomainHandle handle, DeviceGroup group, Binding binding) {
        DriverDomain table = handle.table(binding);
        long page = Long.lowestOneBit(handle.pageSizes());
        for (ReservedRegion region : group.reservedRegions()) {
            if (region.kind() == ReservedRegion.Kind.DIRECT) {
                long pages = (region.last() - region.start()) / page;
                for (long n = 0; n <= pages; n++) {
                    long iova = region.start() + n * page;
                    if (table.translate(iova) != iova) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** Units were started from off, with every requester blocked: groups go where they belong. The gate is closed. */
    void started(Binding binding, List<Seat> seats, List<DeviceGroup> groups) {
        for (Seat seat : seats) {
            domains.restore(binding, seat);
        }
        for (DeviceGroup group : groups) {
            if (group.requesters().stream().anyMatch(requester -> seats.contains(requester.seat()))) {
                try {
                    start(group, binding);
                } catch (Throwable thrown) {
                    String text = DriverError.text(thrown, "start of " + group).getMessage();
                    group.home().why().add("%s is blocked: %s", group, text);
                    move.abandon(group);
                }
            }
        }
    }

    private void start(DeviceGroup group, Binding binding) {
        Gather gather = new Gather();
        if (group.defaultDomain() != domains.blocked()) {
            if (group.defaultDomain().hasTable()) {
                mapDirect(group.defaultDomain(), group, binding, gather);
            }
            move.again(group, binding);
            return;
        }
        DomainHandle made = make(group, DomainType.DMA, binding, gather);
        try {
            move.to(made, group, binding);
        } catch (IommuException e) {
            drop(made, binding);
            throw e;
        }
        group.defaultDomain(made);
    }

    private static void mapDirect(DomainHandle handle, DeviceGroup group, Binding binding, Gather gather) {
        long page = Long.lowestOneBit(handle.pageSizes());
        for (ReservedRegion region : direct(group, page)) {
            long length = region.last() - region.start() + 1;
            int protection = Protection.READ | Protection.WRITE;
            handle.checkMap(region.start(), region.start(), length, protection);
            if (handle.table(binding).translate(region.start()) == DomainOps.NOT_MAPPED) {
                handle.table(binding).map(region.start(), region.start(), length, protection, gather);
            }
        }
    }

    /** Whole pages, with those that overlap joined. */
    private static List<ReservedRegion> direct(DeviceGroup group, long page) {
        List<ReservedRegion> joined = new ArrayList<>();
        for (ReservedRegion region : group.reservedRegions()) {
            if (region.kind() != ReservedRegion.Kind.DIRECT && region.kind() != ReservedRegion.Kind.DIRECT_RELAXABLE) {
                continue;
            }
            long start = region.start() & -page;
            long last = region.last() | page - 1;
            ReservedRegion before = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (before != null && before.overlaps(start, last)) {
                joined.remove(before);
                start = before.start();
                last = Long.compareUnsigned(before.last(), last) > 0 ? before.last() : last;
            }
            joined.add(new ReservedRegion(start, last, region.kind()));
        }
        return joined;
    }
}
