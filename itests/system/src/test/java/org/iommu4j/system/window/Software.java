package org.iommu4j.system.window;

import java.util.OptionalLong;
import java.util.Random;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;

/** A client on a thread of its own, whose group goes through domains, and its domains through maps, on and on. */
final class Software {
    private static final long IOVA = 0x4_0000_0000L;
    private static final long FRAMES = 0x1_4000_0000L;
    private static final long FRAMES_OF_CLIENT = 0x1000_0000L;
    private static final int PAGES = 600;

    private final Rig rig;
    private final IommuGroup group;
    private final Dma dma;
    private final long frames;
    private final long page;
    private final Random random;
    private final Thread thread = new Thread(this::run);
    private volatile int rounds;
    private volatile String failure;
    private volatile boolean over;

    Software(Rig rig, String device, int number, long seed) {
        this.rig = rig;
        this.group = rig.group(device);
        this.dma = rig.dma(device, 0);
        this.page = rig.page();
        this.frames = FRAMES + number * FRAMES_OF_CLIENT;
        this.random = new Random(seed);
        thread.start();
    }

    private void run() {
        try {
            while (!over) {
                round();
                rounds++;
            }
        } catch (RuntimeException | Error e) {
            failure = e.toString();
        }
    }

    /** A new domain takes the group over, is used, emptied, and given back when the next one has the group. */
    private void round() {
        Domain former = group.domain();
        Domain domain = rig.iommu().allocate(group);
        int count = 1 + random.nextInt(PAGES);
        long length = count * page;
        long pa = frames + page;
        rig.domains().map(domain, IOVA, pa, length, Rig.RW);
        rig.iommu().replace(group, domain);
        if (former != group.defaultDomain()) {
            rig.iommu().free(former);
        }
        for (int i = 0; i < 4; i++) {
            long offset = random.nextInt(count) * page;
            long value = random.nextLong();
            expect(dma.write(IOVA + offset, value), "write");
            expect(rig.memory().loadAcquire64(pa + offset) == value, "where the write went");
            expect(dma.read(IOVA + offset).equals(OptionalLong.of(value)), "read");
        }
        expect(rig.domains().unmap(domain, IOVA, length) == length, "unmap");
        expect(dma.read(IOVA + length - page).isEmpty(), "refusal");
    }

    private static void expect(boolean met, String what) {
        if (!met) {
            throw new AssertionError(what + " was not as it had to be");
        }
    }

    int rounds() {
        return rounds;
    }

    boolean hasEnded() {
        return !thread.isAlive();
    }

    /** What went wrong, or null. */
    String failure() {
        return failure;
    }

    /** Asks it to end, waits for that, and gives its last domain back. */
    void end() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        Domain last = group.domain();
        if (last != group.defaultDomain()) {
            rig.iommu().detach(group);
            rig.iommu().free(last);
        }
    }
}
