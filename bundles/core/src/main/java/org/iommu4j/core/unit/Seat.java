package org.iommu4j.core.unit;

import java.util.List;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.machine.DmaMaster;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.core.fault.UnitFaults;

/**
 * The lasting half of a unit: what it is, its frames and faults, who may use it now. Drivers come and go beneath it.
 * State and record change under {@link Units#control()}; reading is for any thread.
 */
public final class Seat {
    private final int index;
    private final UnitDescription description;
    private final String architecture;
    private final PageAllocator frames;
    private final UnitFaults faults;
    private final List<? extends DmaMaster> masters;
    private final Why why = new Why();
    private final Object turn = new Object();
    private volatile UnitState state = UnitState.OFF;
    private volatile HandoverRecord record;
    private volatile LentUnit lent;
    private volatile boolean abandoned;
    private volatile boolean refused;
    private boolean stopped;

    /**
     * @param index of the unit in the probe
     * @param masters the functions that it serves
     */
    public Seat(int index, UnitDescription description, String architecture, PageAllocator frames, UnitFaults faults,
            List<? extends DmaMaster> masters) {
        this.index = index;
        this.description = description;
        this.architecture = architecture;
        this.frames = frames;
        this.faults = faults;
        this.masters = List.copyOf(masters);
    }

    public int index() {
        return index;
    }

    public UnitDescription description() {
        return description;
    }

    public String architecture() {
        return architecture;
    }

    public PageAllocator frames() {
        return frames;
    }

    public UnitFaults faults() {
        return faults;
    }

    public int functions() {
        return masters.size();
    }

    public Why why() {
        return why;
    }

    /** What a control operation of the unit holds, so that there is one at a time. */
    public Object turn() {
        return turn;
    }

    public UnitState state() {
        return state;
    }

    public void state(UnitState next) {
        state = next;
    }

    /** What the last driver left, while none is in charge; null if the unit was never started or it left nothing. */
    public HandoverRecord record() {
        return record;
    }

    public void record(HandoverRecord left) {
        record = left;
    }

    /** The unit runs, and its driver has died with its process. @param known what is known of the unit */
    public void abandoned(HandoverRecord known) {
        record = known;
        abandoned = true;
    }

    /** True until a driver has taken over what a dead one has left. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /** A driver has taken it over. */
    public void recovered() {
        abandoned = false;
    }

    /** What a dead driver has left cannot be taken over: the unit stays blocked until the machine is off. */
    public void refuse(String because) {
        refused = true;
        record = null;
        state = UnitState.BLOCKED;
        why.add("%s", because);
    }

    /** As {@link #refuse} said. */
    public boolean isRefused() {
        return refused;
    }

    /** The ports of the driver in charge, whose handlers run; null while there is none. */
    void lent(LentUnit now) {
        lent = now;
    }

    /** @return false if the driver in charge has set none */
    boolean runHandler(String name) {
        LentUnit now = lent;
        return now != null && now.run(name);
    }

    /** Stops the DMA of each function that the unit serves, or lets it go on; all are tried, the first failure wins. */
    public void dma(boolean on) {
        synchronized (masters) {
            if (stopped == !on) {
                return;
            }
            RuntimeException failure = null;
            for (DmaMaster master : masters) {
                try {
                    master.enable(on);
                } catch (RuntimeException e) {
                    failure = failure == null ? e : failure;
                }
            }
            if (failure != null) {
                throw failure;
            }
            stopped = !on;
        }
    }

    @Override
    public String toString() {
        return description.name();
    }
}
