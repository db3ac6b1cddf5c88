package org.iommu4j.system.rig;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.iommu4j.core.handover.Bundles;

/** Bundles without a framework: whatever file is installed, starting it brings a driver, uninstalling takes it. */
final class PlainBundles implements Bundles {
    private final AtomicLong ids;
    private final LongConsumer start;
    private final LongConsumer uninstall;

    PlainBundles(AtomicLong ids, LongConsumer start, LongConsumer uninstall) {
        this.ids = ids;
        this.start = start;
        this.uninstall = uninstall;
    }

    @Override
    public long install(Path jar, long predecessor) {
        return ids.incrementAndGet();
    }

    @Override
    public void start(long bundle) {
        start.accept(bundle);
    }

    @Override
    public void uninstall(long bundle) {
        uninstall.accept(bundle);
    }
}
