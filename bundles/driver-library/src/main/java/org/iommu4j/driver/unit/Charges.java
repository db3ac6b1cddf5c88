package org.iommu4j.driver.unit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.driver.domain.TableForm;

/**
 * The units that a driver is in charge of, by machine; the units of one machine share its domains. Calls of one machine
 * are serialised by core; those of several run in parallel.
 *
 * @param <F> the form of the driver's page tables
 * @param <U> the driver's own kind of unit
 */
public final class Charges<F extends TableForm, U extends DriverUnit> {
    private final Consumer<U> forget;
    private final Map<String, Charge<F, U>> byMachine = new ConcurrentHashMap<>();

    /** A machine's domains, and its units by register base. */
    private record Charge<F extends TableForm, U extends DriverUnit>(MachineDomains<F> domains, Map<Long, U> units) {
    }

    /** @param forget what is done to a unit that another driver, or nobody, has got without a word to this one */
    public Charges(Consumer<U> forget) {
        this.forget = forget;
    }

    /**
     * Takes charge of a unit.
     *
     * @param how makes the unit, of the machine's domains and of what is to be called when the driver is no longer in
     * charge; what it throws is passed on, and the driver is not in charge then
     */
    public U take(Unit unit, BiFunction<MachineDomains<F>, Consumer<U>, U> how) {
        String machine = unit.machine().name();
        long base = unit.description().registerBase();
        Charge<F, U> charge = byMachine.computeIfAbsent(machine,
                name -> new Charge<>(new MachineDomains<>(), new ConcurrentHashMap<>()));
        U former = charge.units().remove(base);
        if (former != null) {
            forget.accept(former);
        }
        try {
            U taken = how.apply(charge.domains(), self -> {
                charge.units().remove(base, self);
                dropIfEmpty(machine);
            });
            charge.units().put(base, taken);
            return taken;
        } catch (RuntimeException e) {
            dropIfEmpty(machine);
            throw e;
        }
    }

    private void dropIfEmpty(String machine) {
        byMachine.computeIfPresent(machine, (name, charge) -> charge.units().isEmpty() ? null : charge);
    }
}
