package org.iommu4j.hwsim.vtd;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.hwsim.machine.MessageSink;

/**
 * The invalidation queue. VT-d specification 6.5.2, 6.5.2.10 (errors), 11.4.9.
 * <pre>
 *  IQH, IQT:  18       4 3  0          IQA:  63        12  11  10  3 2   0
 *            +----------+----+              +------------+----+-----+----+
 *            |  QH, QT  | 0  |              |    IQA     | DW |  0  | QS |   2^QS pages; DW: 256-bit descriptors
 *            +----------+----+              +------------+----+-----+----+
 *  IQERCD:    63      48 47      32 31   4 3    0
 *            +----------+----------+------+------+
 *            |  ICESID  |  ITESID  |  0   | IQEI |
 *            +----------+----------+------+------+
 * </pre>
 * Descriptors are processed on the thread that moves the tail (or clears an error), before its write returns, one
 * thread at a time. A wait descriptor keeps that thread until the transactions in flight have ended; device threads
 * need none of this and go on. IQA is locked while the queue is enabled.
 */
final class InvalidationQueue {
    private static final int INVALID_TAIL = 1;
    private static final int FETCH_FAILED = 2;
    private static final int INVALID_TYPE = 3;
    private static final int RESERVED_FIELD = 4;
    private static final int INVALID_WIDTH = 5;
    private static final int TAIL_MISALIGNED = 6;

    private static final long POSITION = 0x7fff0L;
    private static final long IQA_WRITABLE = -1L << 12 | 0x807L;
    private static final long DW = 1L << 11;
    private static final int PAGE_LG2 = 12;
    private static final int ITESID_SHIFT = 32;

    private final VtdCapabilities caps;
    private final PhysicalMemory memory;
    private final Invalidator invalidator;
    private final FaultRecording faults;
    private final EventInterrupt event;
    private final long[] words = new long[4];
    private Control control;
    private boolean enabled;
    private boolean waitCompleted;
    private volatile long head;
    private volatile long tail;
    private volatile long base;
    private volatile long errorRecord;
    private volatile long waits;

    InvalidationQueue(VtdCapabilities caps, PhysicalMemory memory, Invalidator invalidator, FaultRecording faults,
            MessageSink sink) {
        this.caps = caps;
        this.memory = memory;
        this.invalidator = invalidator;
        this.faults = faults;
        this.event = new EventInterrupt(sink);
    }

    /** The table mode decides which descriptors are legal. Called once, before the first register access. */
    void join(Control control) {
        this.control = control;
    }

    long head() {
        return head;
    }

    long tail() {
        return tail;
    }

    long base() {
        return base;
    }

    long errorRecord() {
        return errorRecord;
    }

    /** Wait descriptors completed since power on. */
    long waits() {
        return waits;
    }

    synchronized void writeBase(long value) {
        if (!enabled) {
            base = value & IQA_WRITABLE;
        }
    }

    synchronized void writeTail(long value) {
        tail = value & POSITION;
        process();
    }

    /** GCMD.QIE; the head is 0 while the queue is off. */
    synchronized void enable(boolean on) {
        enabled = on;
        head = 0;
        process();
    }

    /** Goes on after software has cleared an error. */
    synchronized void resume() {
        process();
    }

    /** ICS_REG: IWC, a wait descriptor with IF has completed. */
    int completion() {
        synchronized (event) {
            return waitCompleted ? 1 : 0;
        }
    }

    void clearCompletion(int ones) {
        synchronized (event) {
            if ((ones & 1) != 0) {
                waitCompleted = false;
                event.withdraw();
            }
        }
    }

    /** @param index 0 IECTL_REG, 1 IEDATA_REG, 2 IEADDR_REG, 3 IEUADDR_REG */
    int readEvent(int index) {
        synchronized (event) {
            return event.read(index);
        }
    }

    /** @param index as in {@link #readEvent} */
    void writeEvent(int index, int value) {
        synchronized (event) {
            event.write(index, value);
        }
    }

    private void process() {
        while (enabled && !faults.latched(FaultRecording.IQE | FaultRecording.ITE) && head != tail) {
            int error = next();
            if (error != 0) {
                errorRecord = error;
                faults.queueError(FaultRecording.IQE);
            }
        }
    }

    /** Fetches and executes the descriptor at the head. @return 0, or what IQEI says; the head then stays */
    private int next() {
        boolean wide = (base & DW) != 0;
        int bytes = wide ? 32 : 16;
        long size = 1L << PAGE_LG2 + (int) (base & 0b111);
        if (wide && (tail & bytes - 1) != 0) {
            return TAIL_MISALIGNED;
        }
        if (Long.compareUnsigned(tail, size) >= 0) {
            return INVALID_TAIL;
        }
        if (wide && !caps.scalableMode() || !wide && control.scalable()) {
            return INVALID_WIDTH;
        }
        if (!fetch((base & -1L << PAGE_LG2) + head, bytes)) {
            return FETCH_FAILED;
        }
        int type = InvalidationDescriptor.type(words[0]);
        if (!legal(type)) {
            return INVALID_TYPE;
        }
        if (InvalidationDescriptor.reserved(type, words) || !execute(type)) {
            return RESERVED_FIELD;
        }
        head = head + bytes & size - 1;
        if (type == InvalidationDescriptor.DEVICE_TLB) {
            timeOut();
        }
        return 0;
    }

    private boolean fetch(long pa, int bytes) {
        try {
            for (int i = 0; i < words.length; i++) {
                words[i] = i * Long.BYTES < bytes ? memory.loadAcquire64(pa + (long) i * Long.BYTES) : 0;
            }
            return true;
        } catch (IommuException outsideMemory) {
            // Nobody answered the unit's read; software is told by IQE.
            return false;
        }
    }

    private boolean legal(int type) {
        return switch (type) {
            case InvalidationDescriptor.DEVICE_TLB -> caps.deviceTlbs();
            case InvalidationDescriptor.PASID, InvalidationDescriptor.PASID_IOTLB -> caps.scalableMode();
            default -> InvalidationDescriptor.known(type);
        };
    }

    /** @return false if a field holds what the unit does not support */
    private boolean execute(int type) {
        long word0 = words[0];
        int granularity = InvalidationDescriptor.granularity(word0);
        int did = InvalidationDescriptor.domain(word0);
        switch (type) {
            case InvalidationDescriptor.CONTEXT:
                return invalidator.contexts(granularity, did, InvalidationDescriptor.source(word0),
                        InvalidationDescriptor.functionMask(word0), control.scalable()) != Invalidator.REFUSED;
            case InvalidationDescriptor.IOTLB:
                invalidator.drain(InvalidationDescriptor.drainWrites(word0), InvalidationDescriptor.drainReads(word0));
                return invalidator.translations(granularity, did, words[1],
                        InvalidationDescriptor.addressMask(words[1]), InvalidationDescriptor.leavesOnly(words[1]))
                        != Invalidator.REFUSED;
            case InvalidationDescriptor.PASID:
                return invalidator.pasids(granularity, did, InvalidationDescriptor.pasid(word0));
            case InvalidationDescriptor.PASID_IOTLB:
                return invalidator.pasidTranslations(granularity, did, InvalidationDescriptor.pasid(word0), words[1],
                        InvalidationDescriptor.addressMask(words[1]), InvalidationDescriptor.leavesOnly(words[1]));
            case InvalidationDescriptor.WAIT:
                completeWait(word0, words[1]);
                return true;
            default:
                // Device-TLB: answered below. Interrupt entries: there are none, interrupt remapping is absent.
                return true;
        }
    }

    private void completeWait(long word0, long address) {
        invalidator.complete();
        waits++;
        if (InvalidationDescriptor.statusWrite(word0) && memory.contains(address, Integer.BYTES)) {
            memory.storeRelease32(address, InvalidationDescriptor.statusData(word0));
        }
        if (InvalidationDescriptor.interrupt(word0)) {
            synchronized (event) {
                if (!waitCompleted) {
                    waitCompleted = true;
                    event.raise();
                }
            }
        }
    }

    /** No device here has a device-TLB, so none answers: 6.5.2.11. The queue stops until ITE is cleared. */
    private void timeOut() {
        errorRecord = (long) InvalidationDescriptor.source(words[0]) << ITESID_SHIFT;
        faults.queueError(FaultRecording.ITE);
    }
}
