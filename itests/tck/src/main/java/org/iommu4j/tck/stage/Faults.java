package org.iommu4j.tck.stage;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.tck.kit.Broken;

/** The faults that are reported from its birth on. One thread. */
public final class Faults {
    /** Some architectures record no more of an address. */
    private static final int PAGE_LG2 = 12;
    private static final long BOUND_NANOS = 2_000_000_000L;
    private static final int ATTEMPTS = 4;

    private final Bench bench;
    private final long since = System.nanoTime();

    public Faults(Bench bench) {
        this.bench = bench;
    }

    /** Those that have come, oldest first. */
    public List<DmaFault> all() {
        return bench.status().faults(bench.machine()).stream().filter(fault -> fault.timeNanos() - since >= 0)
                .toList();
    }

    /** The first that fits, as soon as it is there. @throws Broken if none comes within 2 seconds */
    public DmaFault await(String what, Predicate<DmaFault> fits) {
        Patience.holds(() -> first(fits).isPresent(), BOUND_NANOS);
        return first(fits).orElseThrow(() -> new Broken(what, "a fault", all().isEmpty() ? "no fault" : all()));
    }

    /** The first at an address's page, as {@link #await(String, Predicate)}. */
    public DmaFault await(String what, long iova) {
        return await(what, fault -> fault.iova() >>> PAGE_LG2 == iova >>> PAGE_LG2);
    }

    /**
     * Has a request made that is refused, and awaits its fault. A unit may drop it while an earlier one of the same
     * source is pending, so the request is made again from time to time.
     */
    public DmaFault of(String what, long iova, Runnable request) {
        for (int i = 0; i < ATTEMPTS; i++) {
            request.run();
            if (Patience.holds(() -> first(fault -> fault.iova() >>> PAGE_LG2 == iova >>> PAGE_LG2).isPresent(),
                    BOUND_NANOS / ATTEMPTS)) {
                break;
            }
        }
        return await(what, iova);
    }

    private Optional<DmaFault> first(Predicate<DmaFault> fits) {
        return all().stream().filter(fits).findFirst();
    }
}
