package org.iommu4j.replay.command;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.Reason;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.MachineMemory;

/** The services of every machine by name, for those who wait for one. Any thread. */
final class MachineServices {
    private static final long BOUND_NANOS = 30_000_000_000L;
    /** A failure notifies nobody. */
    private static final long LOOK_AGAIN_NANOS = 100_000_000;

    private final Map<String, IommuOps> iommu = new HashMap<>();
    private final Map<String, DomainOps> domains = new HashMap<>();
    private final Map<String, DmaOps> dma = new HashMap<>();
    private final Map<String, MachineMemory> memory = new HashMap<>();

    synchronized void add(String machine, Object service) {
        if (service instanceof IommuOps ops) {
            iommu.put(machine, ops);
        } else if (service instanceof DomainOps ops) {
            domains.put(machine, ops);
        } else if (service instanceof DmaOps ops) {
            dma.put(machine, ops);
        } else if (service instanceof MachineMemory ram) {
            memory.put(machine, ram);
        }
        notifyAll();
    }

    synchronized void remove(String machine, Object service) {
        iommu.remove(machine, service);
        domains.remove(machine, service);
        dma.remove(machine, service);
        memory.remove(machine, service);
        notifyAll();
    }

    /**
     * Waits until a machine's services are all there.
     *
     * @param failures where a machine that cannot come is known; asked without any lock
     * @throws IommuException NO_DEVICE if it cannot come, TIMEOUT after 30 seconds
     */
    void await(String machine, MachineFailures failures) {
        long deadline = System.nanoTime() + BOUND_NANOS;
        while (!awaitThat(() -> byType().allMatch(services -> services.containsKey(machine)), LOOK_AGAIN_NANOS)) {
            failures.check(machine);
            if (System.nanoTime() - deadline > 0) {
                throw late("machine " + machine + " is not up");
            }
        }
    }

    /** Waits until a machine's services are all gone. @throws IommuException TIMEOUT after 30 seconds */
    void awaitGone(String machine) {
        if (!awaitThat(() -> byType().noneMatch(services -> services.containsKey(machine)), BOUND_NANOS)) {
            throw late("machine " + machine + " is not gone");
        }
    }

    private static IommuException late(String what) {
        return IommuException.of(Reason.TIMEOUT, "%s after %d s", what, BOUND_NANOS / 1_000_000_000);
    }

    private Stream<Map<String, ?>> byType() {
        return Stream.of(iommu, domains, dma, memory);
    }

    /** @return false if the condition was not met in time */
    private synchronized boolean awaitThat(BooleanSupplier condition, long boundNanos) {
        long deadline = System.nanoTime() + boundNanos;
        while (!condition.getAsBoolean()) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            try {
                wait(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IommuException(Reason.TIMEOUT, "interrupted while a machine comes or goes", e);
            }
        }
        return true;
    }

    synchronized IommuOps iommu(String machine) {
        return iommu.get(machine);
    }

    synchronized DomainOps domains(String machine) {
        return domains.get(machine);
    }

    synchronized DmaOps dma(String machine) {
        return dma.get(machine);
    }

    synchronized MachineMemory memory(String machine) {
        return memory.get(machine);
    }
}
