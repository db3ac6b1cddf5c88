package org.iommu4j.hwsim.vtd;

import org.iommu4j.hwsim.machine.MessageSink;

/**
 * Primary fault logging: fault status and the fault recording registers. VT-d specification 7.2.1, 11.4.6, 11.4.14.
 * <pre>
 *  FSTS_REG:  15    8 7     6     5     4   3 2    1     0
 *            +-------+---+-----+-----+-----+----+-----+-----+
 *            |  FRI  | 0 | ITE | ICE | IQE | 0  | PPF | PFO |   PPF and FRI read-only, the others write 1 to clear
 *            +-------+---+-----+-----+-----+----+-----+-----+
 *  FRCD_REG:  63  62   61 60 59     40 39   32 31   30    29    28  27    16 15     0
 *            +---+----+-----+---------+-------+----+-----+------+----+--------+--------+
 *   high     | F | T1 | AT  |   PV    |  FR   | PP | EXE | PRIV | T2 |   0    |  SID   |
 *            +---+----+-----+---------+-------+----+-----+------+----+--------+--------+
 *   low      |                 FI: address, bits 63:12                   |    0        |
 *            +-----------------------------------------------------------+-------------+
 * </pre>
 * Any thread. Device threads come here with faults and never wait for longer than a register access.
 */
final class FaultRecording {
    static final int PFO = 1;
    static final int PPF = 1 << 1;
    static final int IQE = 1 << 4;
    static final int ITE = 1 << 6;

    private static final int CLEARABLE = PFO | IQE | 1 << 5 | ITE;
    private static final int FRI_SHIFT = 8;
    private static final long F = 1L << 63;
    private static final long T1_READ = 1L << 62;
    private static final int PV_SHIFT = 40;
    private static final int FR_SHIFT = 32;
    private static final long PP = 1L << 31;
    private static final long PAGE = 1L << 12;

    private final EventInterrupt event;
    private final long[] low;
    private final long[] high;
    private int next;
    private int first;
    private int pending;
    private volatile int latched;

    FaultRecording(int records, MessageSink sink) {
        event = new EventInterrupt(sink);
        low = new long[records];
        high = new long[records];
    }

    /**
     * Records a fault in the next register, or sets PFO if that one still holds a fault.
     *
     * @param pasid or -1
     */
    void record(int sid, int pasid, int reason, boolean write, long iova) {
        // Spares faults the lock: once PFO is set, nothing is recorded until software clears it.
        if (latched(PFO)) {
            return;
        }
        synchronized (this) {
            if (latched(PFO)) {
                return;
            }
            boolean quiet = status() == 0;
            if ((high[next] & F) != 0) {
                latched |= PFO;
            } else {
                low[next] = iova & -PAGE;
                high[next] = F | (write ? 0 : T1_READ) | (long) reason << FR_SHIFT | sid
                        | (pasid < 0 ? 0 : PP | (long) pasid << PV_SHIFT);
                first = pending++ == 0 ? next : first;
                next = (next + 1) % high.length;
            }
            if (quiet) {
                event.raise();
            }
        }
    }

    /** Sets IQE or ITE. */
    synchronized void queueError(int bit) {
        boolean quiet = status() == 0;
        latched |= bit;
        if (quiet) {
            event.raise();
        }
    }

    /** True while one of these bits of FSTS_REG is set. */
    boolean latched(int bits) {
        return (latched & bits) != 0;
    }

    /** FSTS_REG. */
    synchronized int status() {
        return latched | (pending == 0 ? 0 : PPF | first << FRI_SHIFT);
    }

    /** A write to FSTS_REG. */
    synchronized void clearStatus(int ones) {
        latched &= ~(ones & CLEARABLE);
        served();
    }

    /** @param index 0 FECTL_REG, 1 FEDATA_REG, 2 FEADDR_REG, 3 FEUADDR_REG */
    synchronized int readEvent(int index) {
        return event.read(index);
    }

    /** @param index as in {@link #readEvent} */
    synchronized void writeEvent(int index, int value) {
        event.write(index, value);
    }

    /** @param word 32-bit word within the recording registers, 4 a register */
    synchronized int readRecord(int word) {
        long half = ((word & 2) == 0 ? low : high)[word >> 2];
        return (int) ((word & 1) == 0 ? half : half >>> Integer.SIZE);
    }

    /** Only F can be written: 1 clears it. @param word as in {@link #readRecord} */
    synchronized void writeRecord(int word, int value) {
        if ((word & 3) == 3 && value < 0 && high[word >> 2] < 0) {
            high[word >> 2] &= ~F;
            pending--;
            served();
        }
    }

    private void served() {
        if (status() == 0) {
            event.withdraw();
        }
    }
}
