package org.iommu4j.exam.lab;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/** What drivers that have gone may have left behind: class loaders, threads, wirings. */
public final class Traces {
    private static final int COLLECTIONS = 100;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final BundleContext context;
    private final List<WeakReference<ClassLoader>> loaders = new CopyOnWriteArrayList<>();
    private final SynchronousBundleListener listener;

    /** From now on, the class loaders of all bundles of that name are followed. */
    public Traces(BundleContext context, String symbolicName) {
        this.context = context;
        this.listener = event -> {
            if (event.getType() == BundleEvent.STARTED && symbolicName.equals(event.getBundle().getSymbolicName())) {
                follow(event.getBundle());
            }
        };
        context.addBundleListener(listener);
        Arrays.stream(context.getBundles()).filter(b -> symbolicName.equals(b.getSymbolicName()))
                .forEach(this::follow);
    }

    private void follow(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        // A bundle that is only stopped and started keeps its class loader.
        if (wiring != null && loaders.stream().noneMatch(known -> known.refersTo(wiring.getClassLoader()))) {
            loaders.add(new WeakReference<>(wiring.getClassLoader()));
        }
    }

    /** How many class loaders there were. */
    public int classLoaders() {
        return loaders.size();
    }

    /** How many of them are left after collections; asks for as many as it takes to come down to a number. */
    public long classLoadersLeft(long expected) {
        for (int i = 0; i < COLLECTIONS && left() > expected; i++) {
            System.gc();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return left();
    }

    private long left() {
        return loaders.stream().filter(loader -> loader.get() != null).count();
    }

    /** Bundles that are uninstalled or updated but whose old wiring is still in use. */
    public List<String> removalPending() {
        return context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class)
                .getRemovalPendingBundles().stream().map(Bundle::toString).toList();
    }

    /** The names of all threads that belong to machines, core or drivers. */
    public static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("iommu4j ") || name.contains(" dma ")).collect(Collectors.toSet());
    }

    /** Stops following. */
    public void end() {
        context.removeBundleListener(listener);
    }
}
