package org.iommu4j.core.domain;

import org.iommu4j.api.DirtyVisitor;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.DriverError;
import org.iommu4j.core.unit.Seat;
import org.iommu4j.core.unit.Units;

/**
 * Which pages devices have written. A page that was reported is reported again when it is written again, so the marks
 * are invalidated everywhere before anybody hears of them. Clients are called outside the gate.
 */
final class DirtyTracking {
    private final Units units;
    private final Domains domains;

    DirtyTracking(Units units, Domains domains) {
        this.units = units;
        this.domains = domains;
    }

    /** As {@link org.iommu4j.api.DomainOps#dirtyTracking}. */
    void turn(Domain domain, boolean on) {
        DomainHandle handle = domains.handle(domain);
        handle.checkTracksWrites();
        synchronized (handle.trackingTurn()) {
            if (handle.tracking() == on) {
                return;
            }
            units.inside("dirty tracking of " + handle, (binding, gather) -> {
                if (on) {
                    forgetMarks(handle, handle.table(binding), gather);
                }
                turnAll(handle, binding, units, on);
                handle.tracking(on);
                return null;
            });
        }
    }

    /** As {@link org.iommu4j.api.DomainOps#readAndClearDirty}. */
    void readAndClear(Domain domain, long iova, long length, DirtyVisitor visitor) {
        DomainHandle handle = domains.handle(domain);
        handle.checkRange(iova, length);
        handle.checkTracking();
        DirtyRuns runs = new DirtyRuns();
        units.inside("reading of dirty pages in " + handle, (binding, gather) -> {
            DriverDomain table = handle.table(binding);
            table.readAndClearDirty(iova, length, runs, gather);
            table.sync(gather);
            return null;
        });
        runs.tell(visitor);
    }

    /** The unit's new driver has made the table anew: entries that it will write have hardware mark again. */
    static void restore(DomainHandle handle, Binding binding, Seat home) {
        if (handle.tracking()) {
            binding.unit(home).dirtyTracking(handle.table(binding), true);
        }
    }

    /** In two halves, because the length of a 64-bit space does not fit into 64 bits. */
    private static void forgetMarks(DomainHandle handle, DriverDomain table, Gather gather) {
        long half = (handle.lastIova() >>> 1) + 1;
        DirtyVisitor nobody = (iova, length, pageSizeLg2) -> { };
        table.readAndClearDirty(0, half, nobody, gather);
        table.readAndClearDirty(half, half, nobody, gather);
        table.sync(gather);
    }

    private static void turnAll(DomainHandle handle, Binding binding, Units units, boolean on) {
        try {
            for (Seat seat : units.seats()) {
                turn(handle, binding, seat, on);
            }
        } catch (Throwable thrown) {
            IommuException failure = DriverError.text(thrown, "dirty tracking of " + handle);
            goBack(handle, binding, units, !on);
            throw failure;
        }
    }

    private static void goBack(DomainHandle handle, Binding binding, Units units, boolean before) {
        for (Seat seat : units.seats()) {
            try {
                turn(handle, binding, seat, before);
            } catch (Throwable thrown) {
                String text = DriverError.text(thrown, "way back of the dirty tracking of " + handle).getMessage();
                seat.why().add("%s", text);
            }
        }
    }

    private static void turn(DomainHandle handle, Binding binding, Seat seat, boolean on) {
        if (binding.drives(seat)) {
            synchronized (seat.turn()) {
                binding.unit(seat).dirtyTracking(handle.table(binding), on);
            }
        }
    }
}
