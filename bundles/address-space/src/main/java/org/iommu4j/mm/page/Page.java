package org.iommu4j.mm.page;

/**
 * A page of anonymous memory. It is zero at first, and shared by as many processes as {@link #share} was called for and
 * one. Each of them may have it in its table or not; a page that nobody has there is put aside, and its frame freed, if
 * there is room for it.
 *
 * <p>A frame is freed, or read out, only by {@link #leave} and {@link #drop}: their caller has taken the page out of
 * its table and invalidated it before. Any thread; a page waits for nothing while it is locked.
 */
public final class Page {
    private static final long NONE = -1;

    private final PageStore store;
    private long frame = NONE;
    /** What it held when it was last put aside; null for zeroes. */
    private byte[] saved;
    private boolean reserved;
    /** Whether the frame differs from {@link #saved}. */
    private boolean dirty;
    /** Somebody may reach the frame for ever. */
    private boolean lost;
    private int sharers = 1;
    private int residents;

    public Page(PageStore store) {
        this.store = store;
    }

    /**
     * One more sharer has it in its table, or is about to.
     *
     * @return physical address of its frame
     * @throws org.iommu4j.api.IommuException NO_MEMORY; nothing has changed
     */
    public synchronized long enter() {
        if (frame == NONE) {
            frame = store.frames().allocate(PageStore.PAGE_LG2);
            if (saved != null) {
                store.memory().write(frame, saved, 0, PageStore.PAGE);
            }
        }
        residents++;
        return frame;
    }

    /** Physical address of its frame, for a sharer that has entered. */
    public synchronized long frame() {
        return frame;
    }

    /** Sees that there is room for it when it is put aside. @return false if there is none */
    public synchronized boolean reserve() {
        if (!reserved) {
            reserved = store.swap().reserve();
        }
        return reserved;
    }

    /** Its frame has been written. */
    public synchronized void wrote() {
        dirty = true;
    }

    /**
     * A sharer does not have it in its table any more.
     *
     * @param isSafe whether all who could reach the frame through that table have been told; if not, nobody else ever
     * gets the frame
     */
    public synchronized void leave(boolean isSafe) {
        lost |= !isSafe;
        residents--;
        putAside();
    }

    /** One sharer more. @return this */
    public synchronized Page share() {
        sharers++;
        return this;
    }

    public synchronized boolean isShared() {
        return sharers > 1;
    }

    /**
     * One sharer less.
     *
     * @param resident whether it had it in its table
     * @param isSafe as in {@link #leave}
     */
    public synchronized void drop(boolean resident, boolean isSafe) {
        lost |= !isSafe;
        residents -= resident ? 1 : 0;
        if (--sharers > 0) {
            putAside();
            return;
        }
        freeFrame();
        saved = null;
        if (reserved) {
            reserved = false;
            store.swap().giveBack();
        }
    }

    /**
     * A page of the same contents, in one table.
     *
     * @throws org.iommu4j.api.IommuException NO_MEMORY
     */
    public synchronized Page copy() {
        Page copy = new Page(store);
        long to = copy.enter();
        byte[] contents = saved;
        if (frame != NONE) {
            contents = new byte[PageStore.PAGE];
            store.memory().read(frame, contents, 0, PageStore.PAGE);
        }
        if (contents != null) {
            store.memory().write(to, contents, 0, PageStore.PAGE);
            copy.wrote();
        }
        return copy;
    }

    private void putAside() {
        if (residents > 0 || frame == NONE || dirty && !reserve()) {
            return;
        }
        if (dirty) {
            saved = saved == null ? new byte[PageStore.PAGE] : saved;
            store.memory().read(frame, saved, 0, PageStore.PAGE);
            dirty = false;
        } else if (saved == null && reserved) {
            reserved = false;
            store.swap().giveBack();
        }
        freeFrame();
    }

    private void freeFrame() {
        if (frame != NONE && !lost) {
            store.frames().free(frame, PageStore.PAGE_LG2);
        }
        frame = NONE;
        lost = false;
    }
}
