package org.iommu4j.hwsim.device;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.iommu4j.api.machine.DmaMaster;

/**
 * Lets a function's transactions through, or holds them back. Engines enter for the length of a burst; switching off
 * waits until the last one has left. Work that is due then waits, and is rung for when the switch is on again.
 */
public final class DmaSwitch implements DmaMaster {
    private static final int OFF = 1 << 31;

    /** {@link #OFF} or 0, and the number of engines inside. */
    private final AtomicInteger state = new AtomicInteger();
    private final List<Doorbell> bells = new ArrayList<>();

    /** A bell to ring when the switch is turned on. Before power on. */
    void connect(Doorbell bell) {
        bells.add(bell);
    }

    /** @return false if DMA is off; else {@link #leave} follows */
    boolean enter() {
        if (state.incrementAndGet() > 0) {
            return true;
        }
        leave();
        return false;
    }

    void leave() {
        if (state.decrementAndGet() == OFF) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    @Override
    public synchronized void enable(boolean on) {
        if (on) {
            state.getAndUpdate(seen -> seen & ~OFF);
            bells.forEach(Doorbell::ring);
            return;
        }
        state.getAndUpdate(seen -> seen | OFF);
        boolean interrupted = false;
        while (state.get() != OFF) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
