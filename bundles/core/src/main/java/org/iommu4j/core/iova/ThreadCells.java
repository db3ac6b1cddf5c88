package org.iommu4j.core.iova;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * One cell a thread, found by the thread's id.
 *
 * <p><b>Guarantees.</b> (1) A cell has at most one living owner, and its next owner sees all that a former one did.
 * (2) {@link #mine} allocates nothing and waits for nobody after a thread's first call. (3) No thread is kept alive,
 * and no cell is lost: that of a dead thread goes to the next thread that needs one. (4) There are never more cells
 * than threads that used them at the same time.
 */
public final class ThreadCells<C> {
    private static final int PLACES_AT_FIRST = 16;

    private static final class Place<C> extends WeakReference<Thread> {
        private final long threadId;
        private final C cell;

        private Place(Thread owner, C cell) {
            super(owner);
            this.threadId = owner.getId();
            this.cell = cell;
        }

        private boolean isDead() {
            Thread owner = get();
            return owner == null || !owner.isAlive();
        }
    }

    private final Supplier<C> maker;
    private final List<C> all = new CopyOnWriteArrayList<>();
    private final Deque<C> orphans = new ArrayDeque<>();
    private volatile Place<C>[] places = unused(PLACES_AT_FIRST);

    public ThreadCells(Supplier<C> maker) {
        this.maker = maker;
    }

    /** The calling thread's cell. */
    public C mine() {
        Thread thread = Thread.currentThread();
        Place<C>[] now = places;
        int mask = now.length - 1;
        for (int at = (int) thread.getId() & mask; now[at] != null; at = at + 1 & mask) {
            if (now[at].refersTo(thread)) {
                return now[at].cell;
            }
        }
        return join(thread);
    }

    /** Every cell, also those without an owner; reads like a snapshot. */
    public List<C> all() {
        return all;
    }

    private synchronized C join(Thread thread) {
        List<Place<C>> living = new ArrayList<>();
        for (Place<C> place : places) {
            if (place != null && place.isDead()) {
                orphans.add(place.cell);
            } else if (place != null) {
                living.add(place);
            }
        }
        C cell = orphans.isEmpty() ? maker.get() : orphans.remove();
        if (!all.contains(cell)) {
            all.add(cell);
        }
        living.add(new Place<>(thread, cell));
        places = arranged(living);
        return cell;
    }

    private static <C> Place<C>[] arranged(List<Place<C>> living) {
        Place<C>[] arranged = unused(Math.max(PLACES_AT_FIRST, Integer.highestOneBit(living.size()) * 4));
        int mask = arranged.length - 1;
        for (Place<C> place : living) {
            int at = (int) place.threadId & mask;
            while (arranged[at] != null) {
                at = at + 1 & mask;
            }
            arranged[at] = place;
        }
        return arranged;
    }

    @SuppressWarnings("unchecked")
    private static <C> Place<C>[] unused(int length) {
        return (Place<C>[]) new Place<?>[length];
    }
}
