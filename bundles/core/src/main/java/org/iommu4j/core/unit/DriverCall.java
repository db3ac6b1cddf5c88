package org.iommu4j.core.unit;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/** A life-cycle call into a driver that may take too long: it runs on a thread that is given up at the bound. */
public final class DriverCall {
    private DriverCall() {
    }

    /**
     * The call's answer.
     *
     * @param where for messages, for example {@code vtd 1.0.0: adopt dmar0}
     * @throws IommuException {@link Reason#TIMEOUT} at the bound; else what the driver threw, as text
     */
    public static <T> T within(long boundNanos, String where, Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        CoreThread.of(where, task).start();
        boolean interrupted = false;
        long deadline = System.nanoTime() + boundNanos;
        try {
            while (true) {
                try {
                    return task.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw DriverError.text(e.getCause(), where);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw IommuException.of(Reason.TIMEOUT, "%s did not return within %d ms", where,
                    TimeUnit.NANOSECONDS.toMillis(boundNanos));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
