package org.iommu4j.core.status;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.api.status.DomainReport;
import org.iommu4j.api.status.DriverReport;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Candidate;
import org.iommu4j.core.unit.Drivers;
import org.iommu4j.core.unit.Seat;
import org.iommu4j.core.unit.Units;

/** Makes reports when asked. Never waits for a driver that is not there: what only it knows is empty then. */
public final class StatusReports implements UnitStatus {
    private final Supplier<List<MachineStatus>> machines;
    private final Drivers drivers;

    /** @param machines those that are powered on, in any order */
    public StatusReports(Supplier<List<MachineStatus>> machines, Drivers drivers) {
        this.machines = machines;
        this.drivers = drivers;
    }

    @Override
    public List<String> machines() {
        return sorted().map(MachineStatus::name).toList();
    }

    @Override
    public List<UnitReport> units() {
        return sorted().flatMap(machine -> machine.units().seats().stream().map(seat -> report(machine, seat)))
                .toList();
    }

    @Override
    public List<DomainReport> domains() {
        return sorted().flatMap(machine -> machine.translation().stream())
                .flatMap(translation -> translation.reports().stream()).toList();
    }

    @Override
    public List<DriverReport> drivers() {
        return drivers.all().stream().map(this::report).toList();
    }

    @Override
    public List<DmaFault> faults(String machine) {
        return machine(machine).faults().newest();
    }

    @Override
    public Map<String, Long> counters(String machine) {
        return new TreeMap<>(machine(machine).units().machine().counters());
    }

    @Override
    public List<WalkStep> walk(String machine, PciAddress device, long iova) {
        return machine(machine).translation().orElseThrow(() -> IommuException.of(Reason.NO_DEVICE,
                "machine %s: no driver has found its units yet", machine)).walk(device, iova);
    }

    private Stream<MachineStatus> sorted() {
        return machines.get().stream().sorted(Comparator.comparing(MachineStatus::name));
    }

    private MachineStatus machine(String name) {
        return machines.get().stream().filter(machine -> machine.name().equals(name)).findFirst().orElseThrow(
                () -> IommuException.of(Reason.NO_DEVICE, "there is no machine '%s', only %s", name, machines()));
    }

    private DriverReport report(Candidate candidate) {
        int count = 0;
        for (MachineStatus machine : machines.get()) {
            Binding binding = machine.units().binding();
            count += binding != null && binding.candidate().serviceId() == candidate.serviceId() ? binding.count() : 0;
        }
        return new DriverReport(candidate.architecture(), candidate.toString(), candidate.bundleId(),
                candidate.ranking(), count, drivers.isPinned(candidate));
    }

    private static UnitReport report(MachineStatus machine, Seat seat) {
        Units units = machine.units();
        // In this order: a unit that is driven has a driver's name.
        UnitState state = seat.state();
        Binding binding = units.binding();
        String driver = binding != null && binding.drives(seat) ? binding.candidate().toString() : "";
        Spoken spoken = Spoken.of(units, seat);
        int domains = machine.translation().map(translation -> translation.domainsOn(seat)).orElse(0);
        return new UnitReport(machine.name(), seat.toString(), seat.description().registerBase(), seat.architecture(),
                state, driver, spoken.capabilities(), domains, seat.functions(),
                seat.faults().count(), spoken.queue(), seat.why().sentences());
    }

    /** What the driver says of a unit, or nothing. */
    private record Spoken(String capabilities, List<String> queue) {
        private static final Spoken NOTHING = new Spoken("", List.of());

        static Spoken of(Units units, Seat seat) {
            if (seat.state() != UnitState.DRIVEN || !units.gate().isOpen()) {
                return NOTHING;
            }
            try {
                return units.inside("report of unit " + seat, (binding, gather) -> {
                    synchronized (seat.turn()) {
                        return new Spoken(binding.unit(seat).capabilities().summary(),
                                List.copyOf(binding.unit(seat).queueCounts()));
                    }
                });
            } catch (IommuException e) {
                seat.why().add("no report: %s", e.getMessage());
                return NOTHING;
            }
        }
    }
}
