package org.iommu4j.replay.play;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Writes the {@link Timeline} of a play and tells a {@link Watcher} how far it is. One thread. */
final class Sampler implements Runnable {
    private static final long PERIOD_MILLIS = 20;

    private final Play play;
    private final Counters start;
    private final Timeline timeline;
    private final Watcher watcher;
    private final CountDownLatch ended = new CountDownLatch(1);

    /** @param start the counters when the play began */
    Sampler(Play play, Counters start, Watcher watcher) {
        this.play = play;
        this.start = start;
        this.timeline = new Timeline(start.byCache("hits").keySet());
        this.watcher = watcher;
    }

    @Override
    public void run() {
        try {
            while (!ended.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                timeline.take(play, start, play.nanos());
                watcher.at(play.nanos(), play.progress().playedCount(), play.progress().total());
            }
            timeline.end(play, start, play.nanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets it take its last row. */
    void end() {
        ended.countDown();
    }

    /** To be read once the thread has ended. */
    Timeline timeline() {
        return timeline;
    }
}
