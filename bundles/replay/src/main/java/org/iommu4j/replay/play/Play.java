package org.iommu4j.replay.play;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Reason;
import org.iommu4j.replay.plan.TraceDomain;
import org.iommu4j.replay.plan.TracePlan;

/** One replay of one trace on one machine. Used once. */
public final class Play {
    /** A domain is given back to the others after so many events, to keep near the order of the file. */
    private static final int TURN = 16;
    /** Above what is reserved for interrupts on any architecture. */
    private static final long FIRST_SPARE_IOVA = 1L << 32;

    private final TracePlan plan;
    private final Cast cast;
    private final Stage stage;
    private final Settings settings;
    private final Frames frames;
    private final Verdict verdict = new Verdict();
    private final LiveBoard board = new LiveBoard();
    private final Progress progress;
    private final Coverage coverage;
    private final List<DomainPlayer> players = new ArrayList<>();
    private final PriorityQueue<DomainPlayer> waiting =
            new PriorityQueue<>(Comparator.comparingInt(DomainPlayer::nextEvent));
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean over;
    private long startNanos;

    public Play(TracePlan plan, Cast cast, Stage stage, Settings settings) {
        this.plan = plan;
        this.cast = cast;
        this.stage = stage;
        this.settings = settings;
        this.frames = new Frames(stage.memory());
        int events = plan.events() - plan.domains().size();
        this.progress = new Progress(events, settings.swapAt());
        this.coverage = new Coverage(settings.probes(), plan.counts().maps());
    }

    /**
     * Plays everything.
     *
     * @param swapper may be null if the settings ask for no swap
     * @throws IommuException NO_DEVICE if the machine lacks a device of the trace
     */
    public Outcome run(Swapper swapper, Watcher watcher) {
        return run(swapper, watcher, page -> { });
    }

    /**
     * As {@link #run(Swapper, Watcher)}.
     *
     * @param atTheEnd gets a page that stands, before all is given back; is not asked if nothing stands
     */
    public Outcome run(Swapper swapper, Watcher watcher, Consumer<StandingPage> atTheEnd) {
        preparePlayers();
        Counters before = Counters.of(stage);
        SwapDuty duty = new SwapDuty(this, swapper);
        Sampler sampler = new Sampler(this, before, watcher);
        startNanos = System.nanoTime();
        List<Thread> sampling = startAll("replay-sampler-", 1, i -> sampler);
        List<Thread> workers = startAll("replay-events-", settings.threads(), i -> this::playTurns);
        List<Thread> feeders = isPassthrough() ? List.of()
                : startAll("replay-dma-", settings.feeders(),
                        i -> new Feeder(this, i + 1, players.size() + 1 + i));
        List<Thread> swapping = startAll("replay-swap-", 1, i -> duty);
        joinAll(workers);
        progress.end();
        joinAll(swapping);
        over = true;
        joinAll(feeders);
        long nanos = nanos();
        sampler.end();
        joinAll(sampling);
        rethrowFailure();
        players.forEach(DomainPlayer::flush);
        Outcome outcome = Outcome.of(this, before, nanos, duty.rows(), sampler.timeline());
        players.stream().flatMap(player -> player.standingPage().stream()).findFirst().ifPresent(atTheEnd);
        players.forEach(DomainPlayer::finish);
        return outcome;
    }

    private void preparePlayers() {
        Set<IommuGroup> taken = new HashSet<>();
        for (TraceDomain domain : plan.domains()) {
            IommuGroup group = stage.iommu().device(cast.placeOf(domain)).group();
            if (!taken.add(group) && !isPassthrough() && !isStrictByTrace()) {
                throw IommuException.of(Reason.NOT_SUPPORTED, "%s of the trace is another domain of a group that has "
                        + "one already, and a group has one default domain", domain.name());
            }
            players.add(new DomainPlayer(this, domain, group, route(group), players.size() + 1));
        }
        if (players.size() + settings.feeders() > Frames.WRITERS) {
            throw IommuException.of(Reason.NO_SPACE, "%d domains and %d DMA threads: a frame has words for %d writers",
                    players.size(), settings.feeders(), Frames.WRITERS);
        }
        players.stream().filter(DomainPlayer::hasNext).forEach(waiting::add);
    }

    private Route route(IommuGroup group) {
        if (isPassthrough()) {
            return new IdentityRoute(stage, group);
        }
        if (isStrictByTrace()) {
            return new AttachedRoute(stage, group);
        }
        DomainType type = settings.mode() == Settings.Mode.LAZY ? DomainType.DMA_FQ : DomainType.DMA;
        return settings.iovas() == Settings.Iovas.OWN ? new GivenRoute(stage, group, type)
                : new ChosenRoute(stage, group, type);
    }

    private boolean isStrictByTrace() {
        return settings.mode() == Settings.Mode.STRICT && settings.iovas() == Settings.Iovas.TRACE;
    }

    private void playTurns() {
        Optional<DomainPlayer> player = take();
        while (player.isPresent() && failure.get() == null) {
            DomainPlayer mine = player.get();
            for (int i = 0; i < TURN && mine.hasNext(); i++) {
                keepPace(mine);
                mine.step();
            }
            giveBack(mine);
            player = take();
        }
    }

    private Optional<DomainPlayer> take() {
        synchronized (waiting) {
            return Optional.ofNullable(waiting.poll());
        }
    }

    private void giveBack(DomainPlayer player) {
        if (player.hasNext()) {
            synchronized (waiting) {
                waiting.add(player);
            }
        }
    }

    private void keepPace(DomainPlayer player) {
        if (settings.pace()) {
            long due = startNanos + plan.nanos(player.nextEvent()) - plan.nanos(0);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private List<Thread> startAll(String name, int count, java.util.function.IntFunction<Runnable> body) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Runnable duty = body.apply(i);
            Thread thread = new Thread(() -> guarded(duty), name + i);
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    /** A failure of any thread ends the play; the caller gets it. */
    private void guarded(Runnable duty) {
        try {
            duty.run();
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            over = true;
            progress.end();
        }
    }

    private static void joinAll(List<Thread> threads) {
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IommuException(Reason.TIMEOUT, "the replay was interrupted", e);
            }
        }
    }

    private void rethrowFailure() {
        Throwable cause = failure.get();
        if (cause instanceof IommuException refused) {
            throw refused;
        }
        if (cause != null) {
            throw new IommuException(Reason.IO, "the replay failed: " + cause, cause);
        }
    }

    private boolean isPassthrough() {
        return settings.mode() == Settings.Mode.PASSTHROUGH;
    }

    boolean isOver() {
        return over;
    }

    Cast cast() {
        return cast;
    }

    Coverage coverage() {
        return coverage;
    }

    /** An IOVA above all that the trace maps, where a page can be mapped in each domain. @param number 0 and up */
    long spareIova(int number) {
        long first = Math.max(FIRST_SPARE_IOVA, (plan.addresses().highestIova() & -Frames.PAGE) + Frames.PAGE);
        return first + number * Frames.PAGE;
    }

    TracePlan plan() {
        return plan;
    }

    Stage stage() {
        return stage;
    }

    Frames frames() {
        return frames;
    }

    Verdict verdict() {
        return verdict;
    }

    LiveBoard board() {
        return board;
    }

    /** Since the play began. */
    long nanos() {
        return System.nanoTime() - startNanos;
    }

    /** How far it is. */
    Progress progress() {
        return progress;
    }

    List<DomainPlayer> players() {
        return players;
    }
}
