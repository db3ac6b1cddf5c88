package org.iommu4j.core.unit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The driver services that are there, and who of them is preferred: the one that a swap pinned for its architecture,
 * else the highest ranking, then the highest bundle version, then the lowest bundle id. Any thread.
 */
public final class Drivers {
    private final List<Candidate> bound = new ArrayList<>();
    private final Map<String, Long> pinned = new HashMap<>();
    private final Set<Long> reserved = new HashSet<>();

    public synchronized void add(Candidate candidate) {
        bound.add(candidate);
        notifyAll();
    }

    /** @return the candidate of that registration, now forgotten; empty if there was none */
    public synchronized Optional<Candidate> remove(long serviceId) {
        Optional<Candidate> found = bound.stream().filter(c -> c.serviceId() == serviceId).findFirst();
        found.ifPresent(bound::remove);
        return found;
    }

    /** All, best first. */
    public synchronized List<Candidate> all() {
        return bound.stream().sorted(order()).toList();
    }

    /** All that may take charge of their own accord, best first. */
    public synchronized List<Candidate> free() {
        return bound.stream().filter(c -> !reserved.contains(c.bundleId())).sorted(order()).toList();
    }

    public synchronized boolean isPinned(Candidate candidate) {
        return Long.valueOf(candidate.bundleId()).equals(pinned.get(candidate.architecture()));
    }

    /** True if the first one is preferred to the second. */
    public synchronized boolean isBetter(Candidate one, Candidate other) {
        return order().compare(one, other) < 0;
    }

    /** Keeps the drivers of a bundle for a swap that is under way: they do not take charge of their own accord. */
    public synchronized void reserve(long bundleId) {
        reserved.add(bundleId);
    }

    public synchronized boolean isReserved(Candidate candidate) {
        return reserved.contains(candidate.bundleId());
    }

    public synchronized void release(long bundleId) {
        reserved.remove(bundleId);
    }

    /** Makes the candidate's bundle the choice for its architecture, until another is pinned. */
    public synchronized void pin(Candidate candidate) {
        pinned.put(candidate.architecture(), candidate.bundleId());
    }

    /** The driver of a bundle as soon as it is there; empty once the bound has passed. */
    public synchronized Optional<Candidate> await(long bundleId, long boundNanos) throws InterruptedException {
        long deadline = System.nanoTime() + boundNanos;
        while (true) {
            Optional<Candidate> found = bound.stream().filter(c -> c.bundleId() == bundleId).findFirst();
            long rest = deadline - System.nanoTime();
            if (found.isPresent() || rest <= 0) {
                return found;
            }
            TimeUnit.NANOSECONDS.timedWait(this, rest);
        }
    }

    private Comparator<Candidate> order() {
        return Comparator.comparing((Candidate c) -> !isPinned(c))
                .thenComparing(Comparator.comparingInt(Candidate::ranking).reversed())
                .thenComparing(Comparator.comparing(Candidate::version).reversed())
                .thenComparingLong(Candidate::bundleId)
                .thenComparingLong(Candidate::serviceId);
    }
}
