package org.iommu4j.system.storm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.system.rig.Rig;

/**
 * Moves one group from domain to domain while all its devices do DMA. Neighbours that stay where they are share
 * device threads and caches; they are judged as strictly, and make hardware fetch the group's entries again and again.
 */
final class Storm {
    private static final List<String> NEIGHBOURS = List.of("0000:00:05.0", "0000:07:00.0");
    /** Of each neighbour; the machine has two device threads. */
    private static final int CHANNELS = 2;

    private final AtomicLong transfers = new AtomicLong();
    private final AtomicLong during = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicReference<String> first = new AtomicReference<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean over;
    private volatile Schedule moving = Schedule.still(0, 0);

    /**
     * What came of it.
     *
     * @param during transfers that were issued, or completed, while a replace was under way
     * @param first that was wrong or lost, in words; null if none was
     */
    record Result(long transfers, long during, long wrong, long lost, String first) {
    }

    /** One channel of one device. */
    record Source(String device, int channel) {
    }

    /** One move of a group. */
    interface Step {
        /**
         * @param move number of it, from 1
         * @param replace makes the domain of a number the group's
         */
        void make(int move, IntFunction<AttachMethod> replace);
    }

    /** @param sources of DMA in one group; ends at the first transfer that is wrong or lost */
    Result run(Rig rig, List<Source> sources, long seed, int moves) {
        Schedule schedule = Schedule.random(seed, moves, sources.size());
        return run(rig, sources, seed, schedule, Set.of(), (move, replace) -> {
            AttachMethod method = replace.apply(schedule.domain(move));
            if (method == AttachMethod.PAUSED || method == AttachMethod.NONE) {
                throw new AssertionError("replace number " + move + " was made by " + method);
            }
        });
    }

    /**
     * @param flags of the last paging domain
     * @param step makes the moves of the schedule
     */
    Result run(Rig rig, List<Source> sources, long seed, Schedule schedule, Set<DomainFlag> flags, Step step) {
        IommuGroup group = rig.group(sources.get(0).device());
        Scenery scenery = new Scenery(rig, group, 0, flags);
        moving = schedule;
        rig.iommu().replace(group, scenery.domain(schedule.domain(0)));
        List<Thread> threads = new ArrayList<>(neighbours(rig, seed));
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            threads.add(thread(new Client(this, scenery, schedule, rig.channel(source.device(), source.channel()), i,
                    seed)));
        }
        threads.forEach(Thread::start);
        try {
            move(schedule, step, number -> rig.iommu().replace(group, scenery.domain(number)));
        } finally {
            end();
            threads.forEach(Storm::join);
        }
        if (failure.get() != null) {
            throw new AssertionError("a client failed", failure.get());
        }
        return new Result(transfers.get(), during.get(), wrong.get(), lost.get(), first.get());
    }

    private void move(Schedule schedule, Step step, IntFunction<AttachMethod> replace) {
        for (int move = 1; move <= schedule.moves() && !over; move++) {
            schedule.advance();
            step.make(move, replace);
            schedule.advance();
            schedule.awaitWitnesses();
        }
    }

    private List<Thread> neighbours(Rig rig, long seed) {
        List<Thread> threads = new ArrayList<>();
        for (int place = 1; place <= NEIGHBOURS.size(); place++) {
            String device = NEIGHBOURS.get(place - 1);
            IommuGroup group = rig.group(device);
            Scenery scenery = new Scenery(rig, group, place, Set.of());
            Schedule still = Schedule.still(0, CHANNELS);
            rig.iommu().replace(group, scenery.domain(still.domain(0)));
            for (int channel = 0; channel < CHANNELS; channel++) {
                threads.add(thread(new Client(this, scenery, still, rig.channel(device, channel), channel, ~seed)));
            }
        }
        return threads;
    }

    private Thread thread(Client client) {
        return new Thread(() -> {
            try {
                client.run();
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
                end();
            }
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    boolean isOver() {
        return over;
    }

    void passed(int count, boolean whileMoving) {
        transfers.addAndGet(count);
        if (whileMoving) {
            during.addAndGet(count);
        }
    }

    /** Lets some transfers complete; what a driver is interrupted by between two of its steps. */
    void letPass(int count) {
        long until = transfers.get() + count;
        for (int turns = 0; transfers.get() < until && turns < 1000 && !over; turns++) {
            Thread.yield();
        }
    }

    void wrong(String format, Object... arguments) {
        wrong.incrementAndGet();
        end(format, arguments);
    }

    void lost(String format, Object... arguments) {
        lost.incrementAndGet();
        end(format, arguments);
    }

    private void end(String format, Object... arguments) {
        first.compareAndSet(null, String.format(format, arguments));
        end();
    }

    private void end() {
        over = true;
        moving.end();
    }
}
