package org.iommu4j.core.handover;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Candidate;
import org.iommu4j.core.unit.Seat;
import org.iommu4j.core.unit.Units;

/**
 * One driver leaves, another takes over, both being there: all units of the machine or none. If a step fails the
 * predecessor adopts its own records; where even that fails the unit is blocked. Used under {@link Units#control()}.
 */
final class SideBySide {
    private final Units units;
    private final Bounds bounds;
    private final BringUp bringUp;

    SideBySide(Units units, Bounds bounds, BringUp bringUp) {
        this.units = units;
        this.bounds = bounds;
        this.bringUp = bringUp;
    }

    /**
     * Exchanges the driver in charge.
     *
     * @throws IommuException the step that failed and why; who was in charge is in charge
     */
    Leg exchange(Binding from, Candidate to) {
        if (!to.architecture().equals(from.candidate().architecture())) {
            throw IommuException.of(Reason.BAD_INPUT, "%s drives %s, %s drives %s", to, to.architecture(),
                    from.candidate(), from.candidate().architecture());
        }
        bringUp.probe(to);
        List<Seat> seats = units.seats().stream().filter(from::drives).toList();
        seats.forEach(seat -> seat.state(UnitState.HANDOVER));
        long start = System.nanoTime();
        drain(from, seats);
        long drained = System.nanoTime();
        Map<Seat, HandoverRecord> records = leave(from, seats);
        long left = System.nanoTime();
        Binding next = adopt(from, to, records);
        long adopted = System.nanoTime();
        List<Seat> cold = new ArrayList<>();
        bringUp.startOthers(next, cold);
        units.putInCharge(next);
        bringUp.settle(next, cold);
        units.open();
        long words = records.values().stream().mapToLong(HandoverRecord::words).sum();
        return new Leg(seats.size(), words, drained - start, left - drained, adopted - left,
                System.nanoTime() - start);
    }

    private void drain(Binding from, List<Seat> seats) {
        if (units.gate().close(bounds.drainNanos())) {
            return;
        }
        int inside = units.gate().inside();
        seats.forEach(seat -> seat.state(UnitState.DRIVEN));
        units.open();
        throw IommuException.of(Reason.TIMEOUT, "drain: %d calls into %s did not return within %d ms", inside,
                from.candidate(), TimeUnit.NANOSECONDS.toMillis(bounds.drainNanos()));
    }

    private Map<Seat, HandoverRecord> leave(Binding from, List<Seat> seats) {
        Map<Seat, HandoverRecord> records = new LinkedHashMap<>();
        for (Seat seat : seats) {
            try {
                records.put(seat, units.leave(from, seat, bounds.stepNanos()));
            } catch (IommuException e) {
                if (e.reason() == Reason.TIMEOUT) {
                    units.drop(from, seat);
                }
                if (!records.isEmpty()) {
                    from.forgetDomains();
                }
                records.forEach((left, record) -> takeBack(from, left, record, record));
                finishReturn(from, e);
                throw new IommuException(e.reason(), "leave: " + e.getMessage());
            }
        }
        return records;
    }

    private Binding adopt(Binding from, Candidate to, Map<Seat, HandoverRecord> records) {
        Binding next = units.offer(to);
        for (Map.Entry<Seat, HandoverRecord> entry : records.entrySet()) {
            try {
                units.adopt(next, entry.getKey(), entry.getValue(), bounds.stepNanos());
            } catch (IommuException e) {
                Binding back = units.offer(from.candidate());
                records.forEach((seat, own) -> takeBack(back, seat, returned(next, seat, own), own));
                finishReturn(back, e);
                throw new IommuException(e.reason(), "adopt: " + e.getMessage());
            }
        }
        return next;
    }

    /** What the successor hands back of a unit that it had taken already; the predecessor's own record otherwise. */
    private HandoverRecord returned(Binding next, Seat seat, HandoverRecord own) {
        if (!next.drives(seat)) {
            return own;
        }
        try {
            return units.leave(next, seat, bounds.stepNanos());
        } catch (IommuException e) {
            units.drop(next, seat);
            seat.why().add("%s could not hand it back: %s", next.candidate(), e.getMessage());
            return own;
        }
    }

    private void takeBack(Binding back, Seat seat, HandoverRecord newest, HandoverRecord own) {
        List<HandoverRecord> choices = newest == own ? List.of(own) : List.of(newest, own);
        for (HandoverRecord record : choices) {
            try {
                units.adopt(back, seat, record, bounds.stepNanos());
                return;
            } catch (IommuException e) {
                seat.why().add("%s could not take it back: %s", back.candidate(), e.getMessage());
            }
        }
        seat.record(own);
    }

    private void finishReturn(Binding back, IommuException failure) {
        for (Seat seat : units.seats()) {
            if (back.drives(seat)) {
                seat.state(UnitState.DRIVEN);
            } else {
                seat.dma(false);
                seat.state(UnitState.BLOCKED);
            }
        }
        if (back.count() > 0) {
            units.putInCharge(back);
            units.open();
        } else {
            units.putInCharge(null);
            units.gate().fail("no driver is in charge: " + failure.getMessage());
        }
    }
}
