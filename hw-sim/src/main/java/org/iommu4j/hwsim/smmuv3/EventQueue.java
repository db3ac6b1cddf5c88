package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.hwsim.machine.Board;

/**
 * The event queue. Arm IHI 0070, 7.2, 7.4, 6.3.28 to 6.3.30.
 * <pre>
 *  PROD:  31     30 20  19      0       CONS:  31        30 20  19      0
 *        +------+------+---------+            +---------+------+---------+
 *        |OVFLG |  0   |   WR    |            |OVACKFLG |  0   |   RD    |
 *        +------+------+---------+            +---------+------+---------+
 * </pre>
 * A record that finds no room is lost, and told by OVFLG; that of a stalled transaction is not written instead. Base
 * and PROD are locked while the queue is enabled. The interrupt is sent when the queue becomes non-empty. Any thread.
 */
final class EventQueue {
    private static final int OVERFLOW = 1 << 31;
    private static final int WRITABLE = OVERFLOW | QueuePosition.INDEX;

    private final Board board;
    private final int mostLg2;
    private final GlobalErrors errors;
    private final UnitInterrupt message;
    private long base;
    private int producer;
    private int consumer;
    private boolean enabled;

    EventQueue(SmmuIds ids, Board board, IrqControl interrupts, int wire, GlobalErrors errors) {
        this.board = board;
        this.mostLg2 = ids.eventQueueLg2();
        this.errors = errors;
        this.message = new UnitInterrupt(board, interrupts, IrqControl.EVENTQ, ids.messages(), wire);
    }

    UnitInterrupt message() {
        return message;
    }

    synchronized long base() {
        return base;
    }

    synchronized int producer() {
        return producer;
    }

    synchronized int consumer() {
        return consumer;
    }

    synchronized void writeBase(long value) {
        if (!enabled) {
            base = QueuePosition.writable(value);
        }
    }

    synchronized void writeProducer(int value) {
        if (!enabled) {
            producer = value & WRITABLE;
        }
    }

    synchronized void writeConsumer(int value) {
        consumer = value & WRITABLE;
    }

    synchronized void enable(boolean on) {
        enabled = on;
    }

    /**
     * Writes a record, if there is room.
     *
     * @param stalled its loss is no overflow, because it will be made again
     * @return false if it was not written
     */
    synchronized boolean record(long word0, long word1, long word2, long word3, boolean stalled) {
        int sizeLg2 = QueuePosition.sizeLg2(base, mostLg2);
        if (!enabled || errors.active(GlobalErrors.EVENT_ABORT)) {
            return false;
        }
        if (QueuePosition.full(producer, consumer, sizeLg2)) {
            if (!stalled && ((producer ^ consumer) & OVERFLOW) == 0) {
                producer ^= OVERFLOW;
            }
            return false;
        }
        long entry = QueuePosition.entry(base, producer, sizeLg2, EventRecord.BYTES_LG2);
        if (!board.memory().contains(entry, 1 << EventRecord.BYTES_LG2)) {
            errors.raise(GlobalErrors.EVENT_ABORT);
            return false;
        }
        board.memory().storeRelease64(entry, word0);
        board.memory().storeRelease64(entry + Long.BYTES, word1);
        board.memory().storeRelease64(entry + 2 * Long.BYTES, word2);
        board.memory().storeRelease64(entry + 3 * Long.BYTES, word3);
        boolean first = QueuePosition.empty(producer, consumer, sizeLg2);
        producer = producer & OVERFLOW | QueuePosition.next(producer & QueuePosition.INDEX, sizeLg2);
        if (first && !message.send()) {
            errors.raise(GlobalErrors.EVENT_MESSAGE);
        }
        return true;
    }
}
