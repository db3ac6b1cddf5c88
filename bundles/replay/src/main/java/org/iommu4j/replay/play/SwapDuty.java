package org.iommu4j.replay.play;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.iommu4j.api.status.SwapReport;

/** Swaps the driver when the progress says so, and measures what devices did meanwhile. One thread. */
final class SwapDuty implements Runnable {
    private final Play play;
    private final Swapper swapper;
    private final List<SwapRow> rows = Collections.synchronizedList(new ArrayList<>());

    SwapDuty(Play play, Swapper swapper) {
        this.play = play;
        this.swapper = swapper;
    }

    @Override
    public void run() {
        while (play.progress().awaitSwap()) {
            rows.add(swapOnce());
            play.progress().swapped();
        }
    }

    private SwapRow swapOnce() {
        Counters before = Counters.of(play.stage());
        long right = play.verdict().right();
        long lost = play.verdict().lost();
        long wrong = play.verdict().wrong();
        long start = play.nanos();
        SwapReport report = swapper.swap();
        long end = play.nanos();
        Counters after = Counters.of(play.stage());
        return new SwapRow(report, start, end, after.translations() - before.translations(),
                after.misses("iotlb") - before.misses("iotlb"), play.verdict().right() - right,
                play.verdict().lost() - lost, play.verdict().wrong() - wrong);
    }

    List<SwapRow> rows() {
        return List.copyOf(rows);
    }
}
