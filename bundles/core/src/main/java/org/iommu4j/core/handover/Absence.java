package org.iommu4j.core.handover;

import java.util.concurrent.TimeUnit;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.core.unit.Seat;
import org.iommu4j.core.unit.Units;

/**
 * The time without a driver: after the first bound calls fail, after the second one DMA is stopped. Used under
 * {@link Units#control()}.
 */
final class Absence {
    private final Units units;
    private final Bounds bounds;
    private final Life life;
    private Runnable cancelFail = () -> { };
    private Runnable cancelBlock = () -> { };
    private long generation;

    Absence(Units units, Bounds bounds, Life life) {
        this.units = units;
        this.bounds = bounds;
        this.life = life;
    }

    /** A driver has gone. */
    void begin(String who) {
        end();
        long mine = generation;
        cancelFail = life.after(bounds.absentNanos(), () -> ifStill(mine, () -> fail(who)));
        cancelBlock = life.after(bounds.blockNanos(), () -> ifStill(mine, () -> block(who)));
    }

    /** A driver is there. */
    void end() {
        generation++;
        cancelFail.run();
        cancelBlock.run();
    }

    private void ifStill(long mine, Runnable then) {
        units.control().lock();
        try {
            if (generation == mine && units.binding() == null) {
                then.run();
            }
        } finally {
            units.control().unlock();
        }
    }

    private void fail(String who) {
        String text = who + " has gone, and no driver came within " + millis(bounds.absentNanos()) + " ms";
        units.gate().fail(text);
        units.seats().forEach(seat -> seat.why().add("%s: calls fail", text));
    }

    private void block(String who) {
        for (Seat seat : units.seats()) {
            seat.dma(false);
            seat.state(UnitState.BLOCKED);
            seat.why().add("%s has gone, and no driver came within %d ms: DMA is stopped", who,
                    millis(bounds.blockNanos()));
        }
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
