package org.iommu4j.tck.stage;

import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.tck.kit.Broken;

/**
 * A device in a paging domain. The domain has one page mapped that the laws do not touch, the window: through it the
 * device's buffer is filled and looked at, for devices do not say how a transfer went. One thread.
 */
public final class Scene {
    /** Where the window is: below the narrowest table's width, above 4 GiB, a multiple of all smallest page sizes. */
    public static final long WINDOW = 0x7_7777_0000L;

    private static final int UNSEEN = 0xbad0_bad0;

    private final Stage stage;
    private final Mover mover;
    private final Domain domain;
    private final DomainOps domains;
    private final PhysicalMemory memory;
    private final long window;

    private Scene(Stage stage, Mover mover, Domain domain, long window) {
        this.stage = stage;
        this.mover = mover;
        this.domain = domain;
        this.domains = stage.bench().domains();
        this.memory = stage.memory();
        this.window = window;
        enter();
    }

    static Scene in(Stage stage, Mover mover, Domain domain) {
        long window = stage.memory(Stage.smallest(domain));
        stage.bench().domains().map(domain, WINDOW, window, 1L << Stage.smallest(domain), Stage.RW);
        return new Scene(stage, mover, domain, window);
    }

    /** Another device in the same domain, with the same window. */
    public Scene shared(Mover other) {
        return new Scene(stage, other, domain, window);
    }

    public Mover mover() {
        return mover;
    }

    public Domain domain() {
        return domain;
    }

    /** In bytes, the smallest. */
    public long pageSize() {
        return 1L << Stage.smallest(domain);
    }

    /** True if a range is neither reserved by firmware or the architecture, nor the window. */
    public boolean isFree(long iova, long length) {
        return (iova + length - 1 < WINDOW || iova > WINDOW + pageSize() - 1) && mover.device().group()
                .reservedRegions().stream().noneMatch(region -> region.overlaps(iova, iova + length - 1));
    }

    /** Maps a new page. */
    public Page map(long iova, int protection) {
        Page page = stage.page(domain);
        domains.map(domain, iova, page.pa(), pageSize(), protection);
        return page;
    }

    /** Maps memory. */
    public void map(long iova, long pa, long length, int protection) {
        domains.map(domain, iova, pa, length, protection);
    }

    /** Unmaps all of a range that is mapped. */
    public void unmap(long iova, long length) {
        Broken.unlessEqual("bytes unmapped at " + Long.toHexString(iova), length,
                domains.unmap(domain, iova, length));
    }

    /** Another domain with the same window, for the device to move to. */
    public Domain twin() {
        Domain twin = stage.domain(mover.device().group());
        domains.map(twin, WINDOW, window, pageSize(), Stage.RW);
        return twin;
    }

    /** Puts the device's group, and so the window, into this scene's domain again. */
    public void enter() {
        stage.move(mover.device().group(), domain);
    }

    /** What the device reads; 0 if it is refused. */
    public int read(long iova) {
        mover.load(iova);
        return buffer();
    }

    /** What the device's buffer holds; the device has to be in the domain. */
    public int buffer() {
        memory.storeRelease32(window, UNSEEN);
        mover.store(WINDOW);
        return memory.loadAcquire32(window);
    }

    /** Fills the device's buffer; the device has to be in the domain. */
    public void fill(int value) {
        memory.storeRelease32(window, value);
        mover.load(WINDOW);
    }

    /** Has the device write. */
    public void write(long iova, int value) {
        fill(value);
        mover.store(iova);
    }

    /** @throws Broken unless the device reads a page's tag, and a word that it writes behind it arrives */
    public void reaches(long iova, Page page) {
        reaches(iova, page.pa(), page.tag());
    }

    /** As {@link #reaches(long, Page)}. @param pa where the IOVA leads to, with a tag in the first word */
    public void reaches(long iova, long pa, int tag) {
        Broken.unlessEqual(String.format("%s reads at %#x", mover.device().address(), iova), tag, read(iova));
        int written = stage.tag();
        write(iova + Mover.WORD, written);
        Broken.unlessEqual(String.format("memory after %s wrote at %#x", mover.device().address(),
                iova + Mover.WORD), written, memory.loadAcquire32(pa + Mover.WORD));
    }

    /** @throws Broken unless the device's reads are refused, and its writes do not arrive in the page that was there */
    public void isOutOfReach(long iova, long pa) {
        Broken.unlessEqual(String.format("%s reads at %#x, where nothing is mapped", mover.device().address(), iova),
                0, read(iova));
        int before = memory.loadAcquire32(pa);
        write(iova, stage.tag());
        Broken.unlessEqual(String.format("memory after %s wrote at %#x, where nothing is mapped",
                mover.device().address(), iova), before, memory.loadAcquire32(pa));
    }
}
