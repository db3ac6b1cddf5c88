package org.iommu4j.tck.stage;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Protection;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.NotApplicable;

/**
 * What one law is played on: the bench, and everything that the law takes from it. Closing puts groups back into their
 * default domains, frees domains and memory, in the order opposite to that in which they were taken. One thread.
 */
public final class Stage implements AutoCloseable {
    /** Readable and writable. */
    public static final int RW = Protection.READ | Protection.WRITE;

    private static final int SMALLEST_LG2 = 12;
    private static final long QUOTA = 256L << 20;
    private static final int FIRST_TAG = 0x5eed_0001;

    private final Bench bench;
    private final PageAllocator frames;
    private final Deque<Runnable> cleanUp = new ArrayDeque<>();
    private int nextTag = FIRST_TAG;

    public Stage(Bench bench) {
        this.bench = bench;
        this.frames = bench.frames().allocator("driver laws", QUOTA);
    }

    public Bench bench() {
        return bench;
    }

    public PhysicalMemory memory() {
        return bench.frames().memory();
    }

    /** The devices that can be told to do DMA. @throws NotApplicable if there is none */
    public List<Mover> movers() {
        if (bench.movers().isEmpty()) {
            throw new NotApplicable("no device here can be told to do DMA");
        }
        return bench.movers();
    }

    /** One device a group. @throws NotApplicable if there are fewer than asked for */
    public List<Mover> moversOfGroups(int atLeast) {
        Set<IommuGroup> seen = new HashSet<>();
        List<Mover> chosen = movers().stream().filter(mover -> seen.add(mover.device().group())).toList();
        if (chosen.size() < atLeast) {
            throw new NotApplicable("fewer than " + atLeast + " groups have a device that can be told to do DMA");
        }
        return chosen;
    }

    /** A device that shares its group with no other, so that faults carry its own address. */
    public Mover mover() {
        return alone().get(0);
    }

    /** As {@link #mover}, the last there is: for what a machine might not recover from. */
    public Mover lastMover() {
        List<Mover> alone = alone();
        return alone.get(alone.size() - 1);
    }

    private List<Mover> alone() {
        List<Mover> alone = movers().stream().filter(mover -> mover.device().group().devices().size() == 1).toList();
        if (alone.isEmpty()) {
            throw new NotApplicable("every device that can be told to do DMA shares its group");
        }
        return alone;
    }

    /** A device in a new domain. */
    public Scene scene(Mover mover) {
        return scene(mover, domain(mover.device().group()));
    }

    /** A device in a domain without a window yet. */
    public Scene scene(Mover mover, Domain domain) {
        return Scene.in(this, mover, domain);
    }

    /** {@link #mover} in a new domain. */
    public Scene scene() {
        return scene(mover());
    }

    /** A new paging domain. */
    public Domain domain(IommuGroup group, DomainFlag... flags) {
        Domain domain = bench.iommu().allocate(group, Set.of(flags));
        cleanUp.push(() -> bench.iommu().free(domain));
        return domain;
    }

    /** Puts a group into a domain. */
    public void move(IommuGroup group, Domain domain) {
        bench.iommu().replace(group, domain);
        cleanUp.push(() -> bench.iommu().detach(group));
    }

    /** Has something done when the law has ended. */
    public void later(Runnable work) {
        cleanUp.push(work);
    }

    /** Zeroed memory, aligned to its size. @param sizeLg2 12 to 24 */
    public long memory(int sizeLg2) {
        int size = Math.max(sizeLg2, SMALLEST_LG2);
        long pa = frames.allocate(size);
        cleanUp.push(() -> frames.free(pa, size));
        return pa;
    }

    /** A page of a domain's smallest size, with a tag in its first word. */
    public Page page(Domain domain) {
        Page page = new Page(memory(smallest(domain)), nextTag++);
        memory().storeRelease32(page.pa(), page.tag());
        return page;
    }

    /** A number that nothing else has. */
    public int tag() {
        return nextTag++;
    }

    /** A domain's smallest page size, as a power of two. */
    public static int smallest(Domain domain) {
        return Long.numberOfTrailingZeros(domain.pageSizes());
    }

    /** Takes everything back. @throws Broken if something could not be; the rest is taken back all the same */
    @Override
    public void close() {
        RuntimeException first = null;
        while (!cleanUp.isEmpty()) {
            try {
                cleanUp.pop().run();
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw new Broken("taking back what the law had used", "no error", first);
        }
    }
}
