package org.iommu4j.core.unit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;

/**
 * The passing half of a machine's units: the driver in charge and every object of it that core refers to. Used inside
 * the gate only, except while the gate is closed.
 */
public final class Binding {
    private static final VarHandle DOMAIN = MethodHandles.arrayElementVarHandle(DriverDomain[].class);
    private static final int DOMAINS_AT_FIRST = 64;

    private final Candidate candidate;
    private final DriverUnit[] units;
    private final LentUnit[] lent;
    private volatile DriverDomain[] domains = new DriverDomain[DOMAINS_AT_FIRST];

    Binding(Candidate candidate, int seats) {
        this.candidate = candidate;
        this.units = new DriverUnit[seats];
        this.lent = new LentUnit[seats];
    }

    public Candidate candidate() {
        return candidate;
    }

    /** True if the driver is in charge of that unit. */
    public boolean drives(Seat seat) {
        return units[seat.index()] != null;
    }

    /** How many units the driver is in charge of. */
    public int count() {
        return (int) Arrays.stream(units).filter(unit -> unit != null).count();
    }

    /** @throws IommuException {@link Reason#DRIVER_GONE} if the driver could not take this unit */
    public DriverUnit unit(Seat seat) {
        DriverUnit unit = units[seat.index()];
        if (unit == null) {
            throw IommuException.of(Reason.DRIVER_GONE, "unit %s is %s: %s could not take it", seat, seat.state(),
                    candidate);
        }
        return unit;
    }

    /** The driver has taken a unit. Only while the gate is closed. */
    void take(Seat seat, DriverUnit unit, LentUnit ports) {
        units[seat.index()] = unit;
        lent[seat.index()] = ports;
        seat.lent(ports);
    }

    /** The driver has given a unit up. Only while the gate is closed. */
    void drop(Seat seat) {
        units[seat.index()] = null;
        if (lent[seat.index()] != null) {
            lent[seat.index()].giveBack();
            lent[seat.index()] = null;
            seat.lent(null);
        }
    }

    /**
     * The driver's object of a paging domain; the driver rebuilds it when it is first asked for.
     *
     * @param slot of the handle, below 2^31
     * @param id of the handle
     * @param home the unit that it was allocated on
     */
    public DriverDomain domain(int slot, long id, Seat home) {
        DriverDomain[] known = domains;
        if (slot < known.length) {
            DriverDomain domain = (DriverDomain) DOMAIN.getAcquire(known, slot);
            if (domain != null) {
                return domain;
            }
        }
        return rebuild(slot, id, home);
    }

    /** The driver rebuilds its domains when they are next asked for. Only while the gate is closed. */
    public void forgetDomains() {
        domains = new DriverDomain[DOMAINS_AT_FIRST];
    }

    /** A domain was allocated, or freed if it is null. */
    public synchronized void put(int slot, DriverDomain domain) {
        if (slot >= domains.length) {
            domains = Arrays.copyOf(domains, Math.max(slot + 1, domains.length * 2));
        }
        DOMAIN.setRelease(domains, slot, domain);
    }

    private DriverDomain rebuild(int slot, long id, Seat home) {
        synchronized (home.turn()) {
            synchronized (this) {
                if (slot < domains.length && domains[slot] != null) {
                    return domains[slot];
                }
            }
            DriverDomain rebuilt = unit(home).domain(id);
            put(slot, rebuilt);
            return rebuilt;
        }
    }
}
