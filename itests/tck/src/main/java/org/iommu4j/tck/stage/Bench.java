package org.iommu4j.tck.stage;

import java.util.List;
import java.util.Objects;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitStatus;

/** The machine under test: its public services, and its devices that can be told to do DMA. Any thread. */
public final class Bench {
    private final IommuOps iommu;
    private final DomainOps domains;
    private final DmaOps dma;
    private final MachineMemory frames;
    private final UnitStatus status;
    private final DriverExchange drivers;
    private final List<Mover> movers;

    /** @param drivers how the driver in charge can be exchanged */
    public Bench(IommuOps iommu, DomainOps domains, DmaOps dma, MachineMemory frames, UnitStatus status,
            DriverExchange drivers) {
        this.iommu = Objects.requireNonNull(iommu);
        this.domains = Objects.requireNonNull(domains);
        this.dma = Objects.requireNonNull(dma);
        this.frames = Objects.requireNonNull(frames);
        this.status = Objects.requireNonNull(status);
        this.drivers = Objects.requireNonNull(drivers);
        this.movers = Movers.of(iommu.devices());
    }

    public String machine() {
        return iommu.machine();
    }

    public IommuOps iommu() {
        return iommu;
    }

    public DomainOps domains() {
        return domains;
    }

    public DmaOps dma() {
        return dma;
    }

    public MachineMemory frames() {
        return frames;
    }

    public UnitStatus status() {
        return status;
    }

    public DriverExchange drivers() {
        return drivers;
    }

    /** The machine's own units. */
    public List<UnitReport> units() {
        return status.units().stream().filter(unit -> unit.machine().equals(machine())).toList();
    }

    /** Sorted by address; each for one thread at a time. */
    public List<Mover> movers() {
        return movers;
    }
}
