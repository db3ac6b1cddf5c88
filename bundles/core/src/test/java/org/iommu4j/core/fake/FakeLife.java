package org.iommu4j.core.fake;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.core.handover.Life;

/** Runs at once what is given, and what is given for later when the test says that the time has come. */
public final class FakeLife implements Life {
    private record Timer(long nanos, Runnable task) {
    }

    private final List<Timer> timers = new ArrayList<>();

    @Override
    public boolean execute(Runnable task) {
        task.run();
        return true;
    }

    @Override
    public synchronized Runnable after(long nanos, Runnable task) {
        Timer timer = new Timer(nanos, task);
        timers.add(timer);
        return () -> cancel(timer);
    }

    /** So much time has passed since the timers were set. */
    public void passed(long nanos) {
        List<Timer> due;
        synchronized (this) {
            due = timers.stream().filter(timer -> timer.nanos() <= nanos).toList();
            timers.removeAll(due);
        }
        due.forEach(timer -> timer.task().run());
    }

    private synchronized void cancel(Timer timer) {
        timers.remove(timer);
    }
}
