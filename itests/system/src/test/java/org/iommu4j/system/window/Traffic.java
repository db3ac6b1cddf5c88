package org.iommu4j.system.window;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;

/** Two threads that read all over a domain that exceeds the unit's IOTLB; each read has to bring its page's tag. */
final class Traffic implements AutoCloseable {
    static final String DEVICE = "0000:01:00.0";
    static final long IOVA = 0x2_0000_0000L;

    private static final long FRAMES = 0x1_0000_0000L;
    private static final int PAGES = 1024;
    private static final int THREADS = 2;
    private static final int TRANSACTIONS = 1000;
    private static final int MISSES = 100;

    private final Rig rig;
    private final long size;
    private final Domain domain;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<String> failure = new AtomicReference<>();
    private volatile boolean over;

    Traffic(Rig rig) {
        this.rig = rig;
        this.size = rig.page();
        IommuGroup group = rig.group(DEVICE);
        domain = rig.iommu().allocate(group);
        for (int page = 0; page < PAGES; page++) {
            // Every other frame, so that no larger page fits.
            rig.memory().storeRelease64(frame(page), tag(page));
            rig.domains().map(domain, IOVA + page * size, frame(page), size, Rig.RW);
        }
        rig.iommu().replace(group, domain);
        for (int i = 0; i < THREADS; i++) {
            Dma dma = rig.dma(DEVICE, i);
            Random random = new Random(i);
            threads.add(new Thread(() -> read(dma, random)));
        }
        threads.forEach(Thread::start);
    }

    Domain domain() {
        return domain;
    }

    private void read(Dma dma, Random random) {
        try {
            while (!over) {
                int page = random.nextInt(PAGES);
                OptionalLong found = dma.read(IOVA + page * size);
                if (!found.equals(OptionalLong.of(tag(page)))) {
                    failure.compareAndSet(null, "page " + page + ": " + found);
                }
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e.toString());
        }
    }

    /** Returns when so many transactions and IOTLB misses as a window has to show have completed from now on. */
    void passThroughWindow() {
        long translations = rig.counter("translations");
        long misses = rig.counter("iotlb.misses");
        Condition.await("1,000 transactions with 100 misses", () -> failure.get() != null
                || rig.counter("translations") - translations >= TRANSACTIONS
                && rig.counter("iotlb.misses") - misses >= MISSES);
    }

    /** What was lost or wrong first, or null. */
    String failure() {
        return failure.get();
    }

    private long frame(int page) {
        return FRAMES + 2 * page * size;
    }

    private static long tag(int page) {
        return 0x3_1d0 + page;
    }

    @Override
    public void close() {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }
        rig.iommu().detach(rig.group(DEVICE));
        rig.iommu().free(domain);
    }
}
