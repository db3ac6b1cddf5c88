package org.iommu4j.launcher;

import java.time.Duration;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.util.tracker.ServiceTracker;

/**
 * What runs in the container: the service {@code ToIntFunction<String[]>} with the property
 * {@code iommu4j.command=true}. It takes the program's arguments and gives the exit code.
 */
final class Command {
    private static final String FILTER =
            "(&(objectClass=" + ToIntFunction.class.getName() + ")(iommu4j.command=true))";

    private final ToIntFunction<String[]> service;

    private Command(ToIntFunction<String[]> service) {
        this.service = service;
    }

    /**
     * Waits for the command to be there.
     *
     * @throws IllegalStateException if it is not there within the limit; the message says what did not start and why
     */
    static Command await(BundleContext context, Duration limit) throws InterruptedException {
        ServiceTracker<ToIntFunction<String[]>, ToIntFunction<String[]>> tracker =
                new ServiceTracker<>(context, filter(), null);
        tracker.open();
        ToIntFunction<String[]> service = tracker.waitForService(limit.toMillis());
        if (service == null) {
            String findings = Diagnosis.of(context);
            throw new IllegalStateException("no command appeared within " + limit.toSeconds() + " s"
                    + (findings.isEmpty() ? ": all bundles run, but none offers it" : findings));
        }
        return new Command(service);
    }

    /** Runs on the calling thread. */
    int run(String[] args) {
        return service.applyAsInt(args);
    }

    private static Filter filter() {
        try {
            return FrameworkUtil.createFilter(FILTER);
        } catch (InvalidSyntaxException e) {
            throw new AssertionError(FILTER, e);
        }
    }
}
