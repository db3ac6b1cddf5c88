package org.iommu4j.tck.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.Reason;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.api.status.UnitStatus;

/** Core's services as they come and go, by type and machine. Any thread. */
final class Services {
    /** In place of a machine, for what there is one of. */
    static final String OF_ALL = "";

    private static final List<Class<?>> OF_A_MACHINE =
            List.of(IommuOps.class, DomainOps.class, DmaOps.class, MachineMemory.class);
    private static final long BOUND_NANOS = 30_000_000_000L;
    /** Units change their state without a service event. */
    private static final long LOOK_MILLIS = 20;

    private final Map<Class<?>, Map<String, Object>> byType = new HashMap<>();

    synchronized void add(Class<?> type, String machine, Object service) {
        byType.computeIfAbsent(type, key -> new HashMap<>()).put(machine, service);
        notifyAll();
    }

    synchronized void remove(Class<?> type, String machine, Object service) {
        byType.getOrDefault(type, Map.of()).remove(machine, service);
        notifyAll();
    }

    /** True if such a machine is up. */
    synchronized boolean has(String machine) {
        return OF_A_MACHINE.stream().allMatch(type -> byType.getOrDefault(type, Map.of()).containsKey(machine));
    }

    /** @throws IommuException NO_DEVICE */
    synchronized <T> T of(Class<T> type, String machine) {
        Object service = byType.getOrDefault(type, Map.of()).get(machine);
        if (service == null) {
            throw IommuException.of(Reason.NO_DEVICE, "there is no %s of machine '%s'", type.getSimpleName(), machine);
        }
        return type.cast(service);
    }

    /** Waits until a machine is up and its units have a driver. @throws IommuException TIMEOUT after 30 seconds */
    synchronized void await(String machine) {
        awaitThat(() -> has(machine) && units(machine).stream().allMatch(unit -> unit.state() == UnitState.DRIVEN),
                "machine " + machine + " is not up, with a driver in charge");
    }

    /** Waits until a machine is gone. @throws IommuException TIMEOUT after 30 seconds */
    synchronized void awaitGone(String machine) {
        awaitThat(() -> OF_A_MACHINE.stream()
                .noneMatch(type -> byType.getOrDefault(type, Map.of()).containsKey(machine)),
                "machine " + machine + " is not gone");
    }

    private List<UnitReport> units(String machine) {
        return of(UnitStatus.class, OF_ALL).units().stream().filter(unit -> unit.machine().equals(machine)).toList();
    }

    private void awaitThat(BooleanSupplier condition, String otherwise) {
        long deadline = System.nanoTime() + BOUND_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw IommuException.of(Reason.TIMEOUT, "%s after %d s", otherwise, BOUND_NANOS / 1_000_000_000);
            }
            try {
                wait(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IommuException(Reason.TIMEOUT, otherwise + ": interrupted", e);
            }
        }
    }
}
