package org.iommu4j.core.domain;

import org.iommu4j.api.DirtyVisitor;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.core.dma.DeferredOps;
import org.iommu4j.core.dma.Runs;
import org.iommu4j.core.unit.DriverError;
import org.iommu4j.core.unit.Gate;
import org.iommu4j.core.unit.GateCell;
import org.iommu4j.core.unit.Units;

/** The hot path: checks, then the gate, then the driver's object. Allocates nothing unless a call is refused. */
final class DomainCalls implements DomainOps, DeferredOps {
    private final Units units;
    private final Gate gate;
    private final Domains domains;
    private final DirtyTracking dirty;

    DomainCalls(Units units, Domains domains) {
        this.units = units;
        this.gate = units.gate();
        this.domains = domains;
        this.dirty = new DirtyTracking(units, domains);
    }

    @Override
    public void map(Domain domain, long iova, long pa, long length, int protection) {
        DomainHandle handle = domains.handle(domain);
        handle.checkMap(iova, pa, length, protection);
        GateCell cell = gate.enter();
        try {
            handle.table(units.inCharge()).map(iova, pa, length, protection, cell.gather());
        } catch (Throwable thrown) {
            throw refused(thrown, "map", handle, cell);
        } finally {
            gate.exit(cell);
        }
    }

    @Override
    public void map(Domain domain, Runs runs, int protection) {
        DomainHandle handle = domains.handle(domain);
        GateCell cell = gate.enter();
        try {
            DriverDomain table = handle.table(units.inCharge());
            while (runs.nextRun()) {
                handle.checkMap(runs.iova(), runs.pa(), runs.length(), protection);
                table.map(runs.iova(), runs.pa(), runs.length(), protection, cell.gather());
            }
        } catch (Throwable thrown) {
            throw refused(thrown, "map", handle, cell);
        } finally {
            gate.exit(cell);
        }
    }

    @Override
    public long unmap(Domain domain, long iova, long length) {
        DomainHandle handle = domains.handle(domain);
        handle.checkUnmap(iova, length);
        GateCell cell = gate.enter();
        try {
            DriverDomain table = handle.table(units.inCharge());
            Gather gather = cell.gather();
            long unmapped = table.unmap(iova, length, gather);
            if (!gather.isEmpty() || gather.tableCount() != 0) {
                table.sync(gather);
            }
            return unmapped;
        } catch (Throwable thrown) {
            throw refused(thrown, "unmap", handle, cell);
        } finally {
            gate.exit(cell);
        }
    }

    @Override
    public long unmap(Domain domain, long iova, long length, Gather into) {
        DomainHandle handle = domains.handle(domain);
        handle.checkUnmap(iova, length);
        GateCell cell = gate.enter();
        try {
            // The driver's cursor lies in the cell's gather, which is cleaned when another driver takes charge.
            long unmapped = handle.table(units.inCharge()).unmap(iova, length, cell.gather());
            into.take(cell.gather());
            return unmapped;
        } catch (Throwable thrown) {
            throw refused(thrown, "unmap", handle, cell);
        } finally {
            gate.exit(cell);
        }
    }

    @Override
    public void sync(Domain domain, Gather gathered) {
        DomainHandle handle = domains.handle(domain);
        GateCell cell = gate.enter();
        try {
            handle.table(units.inCharge()).sync(gathered);
        } catch (Throwable thrown) {
            throw refused(thrown, "flush", handle, cell);
        } finally {
            gate.exit(cell);
        }
    }

    @Override
    public long translate(Domain domain, long iova) {
        DomainHandle handle = domains.handle(domain);
        if (handle.type() == DomainType.BLOCKED || Long.compareUnsigned(iova, handle.lastIova()) > 0) {
            return NOT_MAPPED;
        }
        if (handle.type() == DomainType.IDENTITY) {
            return iova;
        }
        GateCell cell = gate.enter();
        try {
            return handle.table(units.inCharge()).translate(iova, cell.gather());
        } catch (Throwable thrown) {
            throw refused(thrown, "translate", handle, cell);
        } finally {
            gate.exit(cell);
        }
    }

    @Override
    public void dirtyTracking(Domain domain, boolean on) {
        dirty.turn(domain, on);
    }

    @Override
    public void readAndClearDirty(Domain domain, long iova, long length, DirtyVisitor visitor) {
        dirty.readAndClear(domain, iova, length, visitor);
    }

    private static IommuException refused(Throwable thrown, String verb, DomainHandle handle, GateCell cell) {
        cell.gather().clear();
        return DriverError.text(thrown, verb + " in " + handle);
    }
}
