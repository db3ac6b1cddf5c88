package org.iommu4j.core.handover;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Candidate;
import org.iommu4j.core.unit.DriverCall;
import org.iommu4j.core.unit.Seat;
import org.iommu4j.core.unit.Units;

/**
 * Puts a driver in charge of units that have none: those with a record are adopted, all of them or none; those without
 * are started from off, as many as the driver can. Used under {@link Units#control()}.
 */
final class BringUp {
    private final Units units;
    private final Bounds bounds;
    private final Discovery discovery;

    BringUp(Units units, Bounds bounds, Discovery discovery) {
        this.units = units;
        this.bounds = bounds;
        this.discovery = discovery;
    }

    /**
     * Has the driver read the firmware tables, and makes the seats if they are not known yet.
     *
     * @return false if the driver finds no unit of its architecture on a machine whose units are not known
     * @throws IommuException what the driver threw, or BAD_INPUT if it finds other units than are known
     */
    boolean probe(Candidate candidate) {
        Probe probe = DriverCall.within(bounds.stepNanos(), candidate + ": probe " + units.machine().name(),
                () -> candidate.driver().probe(units.machine()));
        if (probe == null) {
            throw IommuException.of(Reason.IO, "%s: probe returned nothing", candidate);
        }
        if (units.seats().isEmpty()) {
            if (!probe.units().isEmpty()) {
                units.seats(discovery.found(probe, candidate.architecture()));
            }
            return !probe.units().isEmpty();
        }
        List<Long> known = units.seats().stream().map(seat -> seat.description().registerBase()).toList();
        List<Long> found = probe.units().stream().map(UnitDescription::registerBase).toList();
        if (!known.equals(found)) {
            throw IommuException.of(Reason.BAD_INPUT, "%s finds %d units in the firmware tables of machine %s that are "
                    + "not the %d known ones", candidate, found.size(), units.machine().name(), known.size());
        }
        return true;
    }

    /**
     * Puts the driver in charge and opens the gate, or changes nothing.
     *
     * @return true if it is in charge of at least one unit
     */
    boolean take(Candidate candidate) {
        if (units.seats().stream().anyMatch(Seat::isRefused)) {
            return false;
        }
        Binding binding = units.offer(candidate);
        List<Seat> cold = new ArrayList<>();
        if (units.seats().stream().anyMatch(Seat::isAbandoned) && !recoverAll(binding)) {
            return false;
        }
        if (!adoptRecords(binding) || !startOthers(binding, cold)) {
            return false;
        }
        units.putInCharge(binding);
        settle(binding, cold);
        units.open();
        return true;
    }

    /**
     * Tries what nobody drives yet, within the binding that is about to be in charge.
     *
     * @param cold receives the units that were started from off
     * @return true if the driver is in charge of any unit now
     */
    boolean startOthers(Binding binding, List<Seat> cold) {
        for (Seat seat : units.seats()) {
            if (!binding.drives(seat)) {
                try {
                    startOther(binding, seat, cold);
                } catch (IommuException e) {
                    seat.why().add("%s could not start it: %s", binding.candidate(), e.getMessage());
                }
            }
        }
        return binding.count() > 0;
    }

    private void startOther(Binding binding, Seat seat, List<Seat> cold) {
        if (seat.record() != null) {
            units.adopt(binding, seat, seat.record(), bounds.stepNanos());
        } else {
            units.attach(binding, seat, bounds.stepNanos());
            cold.add(seat);
        }
    }

    /** After the binding was put in charge: states, DMA, and the domains of units that were started from off. */
    void settle(Binding binding, List<Seat> cold) {
        for (Seat seat : units.seats()) {
            if (binding.drives(seat)) {
                seat.record(null);
                seat.state(UnitState.DRIVEN);
                seat.why().add("%s %s it", binding.candidate(), cold.contains(seat) ? "started" : "took over");
            } else {
                seat.dma(false);
                seat.state(UnitState.BLOCKED);
            }
        }
        if (!cold.isEmpty()) {
            discovery.started(binding, cold);
        }
        units.seats().stream().filter(binding::drives).forEach(seat -> seat.dma(true));
    }

    /** Takes over what a dead driver has left: all of it, or nothing for good. */
    private boolean recoverAll(Binding binding) {
        try {
            for (Seat seat : units.seats()) {
                units.recover(binding, seat, seat.record(), bounds.stepNanos());
            }
            discovery.recovered(binding);
            units.seats().forEach(Seat::recovered);
            return true;
        } catch (IommuException e) {
            for (Seat seat : units.seats()) {
                units.drop(binding, seat);
                seat.refuse("what runs here cannot be taken over: " + e.getMessage());
            }
            return false;
        }
    }

    private boolean adoptRecords(Binding binding) {
        List<Seat> adopted = new ArrayList<>();
        for (Seat seat : units.seats()) {
            if (seat.record() == null || binding.drives(seat)) {
                continue;
            }
            try {
                units.adopt(binding, seat, seat.record(), bounds.stepNanos());
                adopted.add(seat);
            } catch (IommuException e) {
                seat.why().add("%s could not take it over: %s", binding.candidate(), e.getMessage());
                adopted.forEach(taken -> giveBack(binding, taken));
                return false;
            }
        }
        return true;
    }

    private void giveBack(Binding binding, Seat seat) {
        try {
            HandoverRecord record = units.leave(binding, seat, bounds.stepNanos());
            seat.record(record);
        } catch (IommuException e) {
            units.drop(binding, seat);
            seat.why().add("%s took it over and could not leave it: %s", binding.candidate(), e.getMessage());
        }
    }
}
