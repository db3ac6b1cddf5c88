package org.iommu4j.hwsim.device;

import java.util.List;
import org.iommu4j.api.Protection;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.hwsim.definition.InterruptWindow;
import org.iommu4j.hwsim.machine.MessageSink;
import org.iommu4j.hwsim.machine.Requester;

/**
 * A device thread's way to memory. Transactions lie between {@link #begin} and {@link #end}, in one interval of the
 * IOMMU above the device; each is translated, then made. A transaction that the IOMMU refuses, that is not aligned to
 * its size, or whose address is no memory, is aborted: the method returns false and memory is as it was. Used by one
 * thread; allocates nothing.
 */
public final class DmaPort {
    /** Largest transfer of one transaction, and what it must not straddle. */
    static final int PAGE = (int) PhysicalMemory.PAGE;

    private final PhysicalMemory memory;
    private final InterruptWindow window;
    private final MessageSink messages;
    private final Preemption preemption;
    private final Requester[] units;
    private final Requester untranslated = new Untranslated();
    private final Counter completed = new Counter();
    private final Counter aborted = new Counter();
    private Requester requester;
    private int rid;
    private long data;

    /** @param units this thread's requester at each IOMMU, by index */
    public DmaPort(PhysicalMemory memory, InterruptWindow window, MessageSink messages, Preemption preemption,
            List<Requester> units) {
        this.memory = memory;
        this.window = window;
        this.messages = messages;
        this.preemption = preemption;
        this.units = units.toArray(new Requester[0]);
    }

    /** Begins a burst of one function's transactions. */
    public void begin(BusRoute route) {
        rid = route.rid();
        requester = route.unit() == BusRoute.NO_UNIT ? untranslated : units[route.unit()];
        requester.enter();
    }

    /** Ends the burst. */
    public void end() {
        requester.exit();
    }

    /** Lets a drain pass that has waited since the burst, or the last call, began. */
    public void breathe() {
        requester.exit();
        requester.enter();
    }

    /** What the last read that returned true has read; 32 bits are zero-extended. */
    public long data() {
        return data;
    }

    public boolean read64(long iova) {
        long pa = physical(iova, Protection.READ, Long.BYTES);
        if (pa == Requester.ABORT) {
            return false;
        }
        data = memory.loadAcquire64(pa);
        return true;
    }

    public boolean write64(long iova, long value) {
        long pa = physical(iova, Protection.WRITE, Long.BYTES);
        if (pa == Requester.ABORT) {
            return false;
        }
        memory.storeRelease64(pa, value);
        return true;
    }

    public boolean read32(long iova) {
        long pa = physical(iova, Protection.READ, Integer.BYTES);
        if (pa == Requester.ABORT) {
            return false;
        }
        data = Integer.toUnsignedLong(memory.loadAcquire32(pa));
        return true;
    }

    /** To an address of the {@link InterruptWindow} this is an interrupt message. */
    public boolean write32(long iova, int value) {
        long pa = translate(iova, Protection.WRITE, Integer.BYTES);
        if (pa != Requester.ABORT && window.contains(pa)) {
            messages.message(pa, value);
            return count(true);
        }
        if (!count(isMemory(pa, Integer.BYTES))) {
            return false;
        }
        memory.storeRelease32(pa, value);
        return true;
    }

    /** Any alignment; the bytes lie in one page. */
    public boolean read(long iova, byte[] into, int at, int length) {
        long pa = translate(iova, Protection.READ, 1);
        if (!count(isMemory(pa, length))) {
            return false;
        }
        memory.read(pa, into, at, length);
        return true;
    }

    /** Any alignment; the bytes lie in one page. */
    public boolean write(long iova, byte[] from, int at, int length) {
        long pa = translate(iova, Protection.WRITE, 1);
        if (!count(isMemory(pa, length))) {
            return false;
        }
        memory.write(pa, from, at, length);
        return true;
    }

    /** Bytes from an address to the end of its page, {@code rest} at most. */
    static int stepWithinPage(long iova, int rest) {
        return Math.min(rest, PAGE - (int) (iova & PAGE - 1));
    }

    long completed() {
        return completed.get();
    }

    long aborted() {
        return aborted.get();
    }

    private long physical(long iova, int access, int size) {
        long pa = translate(iova, access, size);
        return count(isMemory(pa, size)) ? pa : Requester.ABORT;
    }

    private long translate(long iova, int access, int size) {
        if ((iova & size - 1) != 0) {
            return Requester.ABORT;
        }
        long pa = requester.translate(rid, Requester.NO_PASID, iova, access);
        PreemptionPoint point = preemption.point();
        if (point != null) {
            point.translated(rid, iova, pa);
        }
        return pa;
    }

    private boolean isMemory(long pa, int size) {
        return pa != Requester.ABORT && !window.contains(pa) && memory.contains(pa, size);
    }

    private boolean count(boolean done) {
        (done ? completed : aborted).increment();
        return done;
    }
}
