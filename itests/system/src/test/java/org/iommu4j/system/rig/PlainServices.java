package org.iommu4j.system.rig;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.iommu4j.core.machine.Services;

/** Core's services by type, in place of a service registry. Any thread. */
final class PlainServices implements Services {
    private final Map<Class<?>, Object> byType = new HashMap<>();

    @Override
    public synchronized <T> Runnable register(Class<T> type, T service, Map<String, Object> properties) {
        byType.put(type, service);
        notifyAll();
        return () -> {
            synchronized (this) {
                byType.remove(type, service);
            }
        };
    }

    /** A service as soon as it is there. */
    synchronized <T> T await(Class<T> type) {
        long deadline = System.nanoTime() + Rig.BOUND_NANOS;
        while (!byType.containsKey(type)) {
            long rest = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (rest <= 0) {
                throw new AssertionError("core published no " + type.getSimpleName());
            }
            try {
                wait(rest);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while core was to publish " + type.getSimpleName(), e);
            }
        }
        return type.cast(byType.get(type));
    }
}
