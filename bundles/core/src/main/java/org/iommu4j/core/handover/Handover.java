package org.iommu4j.core.handover;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Candidate;
import org.iommu4j.core.unit.Drivers;
import org.iommu4j.core.unit.Seat;
import org.iommu4j.core.unit.Units;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who is in charge of one machine's units. {@link #reconsider} and {@link #exchange} run on the machine's
 * life-cycle thread, {@link #vacate} and {@link #stop} on any.
 */
public final class Handover {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

    private final Units units;
    private final Drivers drivers;
    private final Bounds bounds;
    private final Life life;
    private final BringUp bringUp;
    private final SideBySide sideBySide;
    private final Absence absence;
    /** Registrations that failed here; a driver gets one try. */
    private final Set<Long> refused = new HashSet<>();
    private volatile boolean stopped;

    public Handover(Units units, Drivers drivers, Bounds bounds, Life life, Discovery discovery) {
        this.units = units;
        this.drivers = drivers;
        this.bounds = bounds;
        this.life = life;
        this.bringUp = new BringUp(units, bounds, discovery);
        this.sideBySide = new SideBySide(units, bounds, bringUp);
        this.absence = new Absence(units, bounds, life);
    }

    /** Looks at the drivers that are there and puts the best one in charge. Never throws what a driver threw. */
    public void reconsider() {
        units.control().lock();
        try {
            for (Candidate candidate : drivers.free()) {
                Binding now = units.binding();
                if (stopped || now != null && !mayReplace(candidate, now.candidate())) {
                    return;
                }
                if (!refused.contains(candidate.serviceId()) && fits(candidate) && tried(candidate, now)) {
                    return;
                }
            }
        } finally {
            units.control().unlock();
        }
    }

    /**
     * Has a certain driver take over from the one in charge.
     *
     * @throws IommuException as {@link SideBySide#exchange}, or {@link Reason#NO_DEVICE} if nobody is in charge
     */
    public Leg exchange(Candidate to) {
        units.control().lock();
        Binding now = units.binding();
        try {
            if (stopped || now == null) {
                throw IommuException.of(Reason.NO_DEVICE, "machine %s: no driver is in charge", units.machine().name());
            }
            return logged(sideBySide.exchange(now, to), now.candidate(), to);
        } catch (IommuException e) {
            units.seats().forEach(seat -> seat.why().add("%s did not take over: %s", to, e.getMessage()));
            if (now != null && units.binding() == null) {
                // It hangs in the unit or cannot take it back: starting the unit anew would only hide that.
                refused.add(now.candidate().serviceId());
            }
            blockIfNobody();
            life.execute(this::reconsider);
            throw e;
        } finally {
            units.control().unlock();
        }
    }

    /**
     * A driver goes away, and has its units left before this returns, on the calling thread.
     *
     * @param deadline as of {@link System#nanoTime()}
     */
    public void vacate(Candidate gone, long deadline) {
        if (!lockBefore(deadline)) {
            units.gate().fail(gone + " goes while another driver takes over");
            life.execute(() -> vacate(gone, System.nanoTime() + bounds.unbindNanos()));
            return;
        }
        try {
            refused.remove(gone.serviceId());
            Binding now = units.binding();
            if (now != null && now.candidate().serviceId() == gone.serviceId()) {
                depart(now, deadline);
                absence.begin(gone.toString());
            }
        } finally {
            units.control().unlock();
        }
        life.execute(this::reconsider);
    }

    /**
     * Ends it all, failing closed: DMA is stopped, then the units are turned off as far as the time allows. Calls fail
     * from now on.
     *
     * @param deadline as of {@link System#nanoTime()}
     */
    public void stop(String why, long deadline) {
        units.gate().fail(why);
        boolean locked = lockBefore(deadline);
        try {
            stopped = true;
            absence.end();
            // Again: a handover that was under way has opened it meanwhile.
            units.gate().fail(why);
            units.gate().close(Math.min(bounds.drainNanos(), deadline - System.nanoTime()));
            Binding now = units.binding();
            for (Seat seat : units.seats()) {
                seat.dma(false);
                seat.state(UnitState.BLOCKED);
                seat.why().add("%s", why);
                if (locked && now != null && now.drives(seat)) {
                    turnOff(now, seat, deadline);
                }
            }
            units.revoke();
        } finally {
            if (locked) {
                units.control().unlock();
            }
        }
    }

    /** A driver that an unfinished swap has put in charge stays there. */
    private boolean mayReplace(Candidate candidate, Candidate now) {
        return drivers.isBetter(candidate, now) && !drivers.isReserved(now);
    }

    private boolean fits(Candidate candidate) {
        return units.seats().isEmpty() || units.seats().get(0).architecture().equals(candidate.architecture());
    }

    /** @return true if the candidate is in charge now, or nothing else can be tried now */
    private boolean tried(Candidate candidate, Binding now) {
        try {
            if (now != null) {
                logged(sideBySide.exchange(now, candidate), now.candidate(), candidate);
                return true;
            }
            if (!units.gate().close(bounds.drainNanos())) {
                units.seats().forEach(seat -> seat.why().add("%s has to wait: %d calls of its predecessor did not "
                        + "return", candidate, units.gate().inside()));
                return true;
            }
            if (bringUp.probe(candidate) && bringUp.take(candidate)) {
                absence.end();
                LOG.info("{}: {} is in charge", units.machine().name(), candidate);
                return true;
            }
        } catch (IommuException e) {
            LOG.warn("{}: {} is not in charge: {}", units.machine().name(), candidate, e.toString());
            units.seats().forEach(seat -> seat.why().add("%s did not take over: %s", candidate, e.getMessage()));
        }
        refused.add(candidate.serviceId());
        blockIfNobody();
        return false;
    }

    /** After a failure that left nobody in charge: units that were never started, or are not any more, are blocked. */
    private void blockIfNobody() {
        if (units.binding() == null) {
            for (Seat seat : units.seats()) {
                if (seat.state() != UnitState.ABSENT) {
                    seat.dma(false);
                    seat.state(UnitState.BLOCKED);
                }
            }
        }
    }

    private void depart(Binding now, long deadline) {
        for (Seat seat : units.seats()) {
            seat.state(now.drives(seat) ? UnitState.HANDOVER : seat.state());
        }
        boolean drained = units.gate().close(Math.min(bounds.drainNanos(), deadline - System.nanoTime()));
        for (Seat seat : units.seats()) {
            if (now.drives(seat)) {
                depart(now, seat, drained, deadline);
            }
        }
        if (drained) {
            units.putInCharge(null);
        } else {
            units.revoke();
            units.gate().fail(now.candidate() + " has gone with calls inside it");
        }
    }

    private void depart(Binding now, Seat seat, boolean drained, long deadline) {
        try {
            if (!drained) {
                throw IommuException.of(Reason.TIMEOUT, "%d calls into it did not return within %d ms",
                        units.gate().inside(), TimeUnit.NANOSECONDS.toMillis(bounds.drainNanos()));
            }
            long rest = Math.max(1, deadline - System.nanoTime());
            seat.record(units.leave(now, seat, Math.min(bounds.stepNanos(), rest)));
            seat.state(UnitState.ABSENT);
            seat.why().add("%s left it", now.candidate());
        } catch (IommuException e) {
            units.drop(now, seat);
            seat.dma(false);
            seat.record(null);
            seat.state(UnitState.BLOCKED);
            seat.why().add("%s has gone without a record: %s", now.candidate(), e.getMessage());
        }
    }

    private void turnOff(Binding now, Seat seat, long deadline) {
        try {
            units.stop(now, seat, Math.max(1, Math.min(bounds.stepNanos(), deadline - System.nanoTime())));
        } catch (IommuException e) {
            units.drop(now, seat);
            seat.why().add("%s could not turn it off: %s", now.candidate(), e.getMessage());
            LOG.warn("{}: unit {} was not turned off, its DMA is stopped: {}", units.machine().name(), seat,
                    e.getMessage());
        }
    }

    private boolean lockBefore(long deadline) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return units.control().tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Leg logged(Leg leg, Candidate from, Candidate to) {
        LOG.info("{}: {} took {} units over from {}, gate closed for {} us", units.machine().name(), to, leg.units(),
                from, TimeUnit.NANOSECONDS.toMicros(leg.closedNanos()));
        return leg;
    }
}
