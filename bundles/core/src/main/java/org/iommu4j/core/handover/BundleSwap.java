package org.iommu4j.core.handover;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Candidate;
import org.iommu4j.core.unit.Drivers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The swap that people ask for: install the jar beside, start it, have its driver take every machine over, uninstall
 * the predecessor. If a step fails, the machines that have changed hands already go back, and the successor is
 * uninstalled.
 */
public final class BundleSwap implements DriverSwap {
    private static final Logger LOG = LoggerFactory.getLogger(BundleSwap.class);

    private final Bundles bundles;
    private final Drivers drivers;
    private final Supplier<List<Helm>> helms;
    private final Bounds bounds;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    /** @param helms of all machines that are there */
    public BundleSwap(Bundles bundles, Drivers drivers, Supplier<List<Helm>> helms, Bounds bounds) {
        this.bundles = bundles;
        this.drivers = drivers;
        this.helms = helms;
        this.bounds = bounds;
    }

    @Override
    public SwapReport swap(String bundle, Path jar) {
        oneAtATime.lock();
        try {
            Phases phases = new Phases();
            Candidate from = inCharge(bundle);
            if (!Files.isRegularFile(jar) || !Files.isReadable(jar)) {
                throw IommuException.of(Reason.BAD_INPUT, "install: %s is no readable file", jar);
            }
            long id = bundles.install(jar, from.bundleId());
            phases.ended("install");
            drivers.reserve(id);
            try {
                Candidate to = start(id, jar, from);
                phases.ended("start");
                List<Leg> legs = exchangeAll(from, to);
                legs.forEach(phases::add);
                phases.ended("handover");
                drivers.pin(to);
                bundles.uninstall(from.bundleId());
                phases.ended("uninstall");
                return report(from, to, legs, phases);
            } catch (RuntimeException e) {
                undo(id);
                throw e;
            } finally {
                drivers.release(id);
            }
        } finally {
            oneAtATime.unlock();
        }
    }

    private Candidate inCharge(String bundle) {
        for (Helm helm : helms.get()) {
            Binding now = helm.units().binding();
            if (now != null && (now.candidate().bundle().equals(bundle)
                    || Long.toString(now.candidate().bundleId()).equals(bundle))) {
                return now.candidate();
            }
        }
        throw IommuException.of(Reason.NO_DEVICE, "no driver of a bundle '%s' is in charge of a unit", bundle);
    }

    private Candidate start(long id, Path jar, Candidate from) {
        bundles.start(id);
        Candidate to;
        try {
            to = drivers.await(id, bounds.bindNanos()).orElseThrow(() -> IommuException.of(Reason.BAD_INPUT,
                    "start: %s brought no IOMMU driver within %d ms", jar,
                    TimeUnit.NANOSECONDS.toMillis(bounds.bindNanos())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw IommuException.of(Reason.TIMEOUT, "start: interrupted while waiting for the driver of %s", jar);
        }
        if (!to.architecture().equals(from.architecture())) {
            throw IommuException.of(Reason.BAD_INPUT, "start: %s drives %s, %s drives %s", to, to.architecture(), from,
                    from.architecture());
        }
        return to;
    }

    private List<Leg> exchangeAll(Candidate from, Candidate to) {
        List<Leg> legs = new ArrayList<>();
        List<Helm> done = new ArrayList<>();
        try {
            for (Helm helm : helms.get()) {
                Binding now = helm.units().binding();
                if (now != null && now.candidate().serviceId() == from.serviceId()) {
                    legs.add(onLifeThread(helm, to));
                    done.add(helm);
                }
            }
        } catch (RuntimeException e) {
            done.forEach(helm -> goBack(helm, from));
            throw e;
        }
        if (legs.isEmpty()) {
            throw IommuException.of(Reason.NO_DEVICE, "handover: %s is no longer in charge of a unit", from);
        }
        return legs;
    }

    private static Leg onLifeThread(Helm helm, Candidate to) {
        CompletableFuture<Leg> answer = new CompletableFuture<>();
        boolean accepted = helm.life().execute(() -> {
            try {
                answer.complete(helm.handover().exchange(to));
            } catch (Throwable thrown) {
                answer.completeExceptionally(thrown);
            }
        });
        if (!accepted) {
            throw IommuException.of(Reason.NO_DEVICE, "machine %s has gone", helm.units().machine().name());
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IommuException refusal) {
                throw refusal;
            }
            throw new IommuException(Reason.IO, "handover: " + e.getCause(), e.getCause());
        }
    }

    private static void goBack(Helm helm, Candidate from) {
        try {
            onLifeThread(helm, from);
        } catch (IommuException e) {
            LOG.warn("{}: {} did not get its units back: {}", helm.units().machine().name(), from, e.toString());
        }
    }

    private void undo(long id) {
        try {
            bundles.uninstall(id);
        } catch (IommuException e) {
            LOG.warn("the successor, bundle {}, was not uninstalled: {}", id, e.toString());
        }
    }

    private SwapReport report(Candidate from, Candidate to, List<Leg> legs, Phases phases) {
        // Asked for at the end: a caller knows how long it waited only once it runs again.
        long longestWait = helms.get().stream().map(Helm::units)
                .filter(units -> units.binding() != null && units.binding().candidate().serviceId() == to.serviceId())
                .mapToLong(units -> units.gate().longestWaitNanos()).max().orElse(0);
        return new SwapReport(from.toString(), to.toString(), "adopt", legs.stream().mapToInt(Leg::units).sum(),
                legs.stream().mapToLong(Leg::words).sum(), phases.total(),
                legs.stream().mapToLong(Leg::closedNanos).max().orElse(0), longestWait, phases.lines());
    }

    /** Names and durations of what was done. */
    private static final class Phases {
        private final long start = System.nanoTime();
        private long before = start;
        private final List<String> lines = new ArrayList<>();

        void ended(String name) {
            long now = System.nanoTime();
            add(name, now - before);
            before = now;
        }

        /** The parts of the phase that ends next. */
        void add(Leg leg) {
            add("drain", leg.drainNanos());
            add("leave", leg.leaveNanos());
            add("adopt", leg.adoptNanos());
        }

        private void add(String name, long nanos) {
            lines.add(name + "=" + nanos);
        }

        long total() {
            return before - start;
        }

        List<String> lines() {
            return lines;
        }
    }
}
