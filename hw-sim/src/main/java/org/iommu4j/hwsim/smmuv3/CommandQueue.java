package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.api.machine.PhysicalMemory;

/**
 * The command queue. Arm IHI 0070, 3.5, 4.1, 6.3.26, 6.3.27, 7.1 (errors).
 * <pre>
 *  PROD:  19      0       CONS:  30   24 23 20 19      0
 *        +---------+            +-------+-----+---------+
 *        |   WR    |            |  ERR  |  0  |   RD    |     ERR: 1 CERROR_ILL, 2 CERROR_ABT
 *        +---------+            +-------+-----+---------+
 * </pre>
 * Commands are carried out on the thread that moves PROD (or acknowledges an error), before its write returns, one
 * thread at a time. A CMD_SYNC keeps that thread until the transactions in flight have ended; device threads need
 * none of this and go on. Base and CONS are locked while the queue is enabled.
 */
final class CommandQueue {
    private static final int ILLEGAL = 1;
    private static final int ABORTED = 2;
    private static final int ERROR_SHIFT = 24;
    private static final int ERROR = 0x7f << ERROR_SHIFT;

    private final SmmuIds ids;
    private final PhysicalMemory memory;
    private final CommandExecution execution;
    private final GlobalErrors errors;
    private boolean enabled;
    private volatile long base;
    private volatile int producer;
    private volatile int consumer;

    CommandQueue(SmmuIds ids, PhysicalMemory memory, CommandExecution execution, GlobalErrors errors) {
        this.ids = ids;
        this.memory = memory;
        this.execution = execution;
        this.errors = errors;
    }

    long base() {
        return base;
    }

    int producer() {
        return producer;
    }

    int consumer() {
        return consumer;
    }

    synchronized void writeBase(long value) {
        if (!enabled) {
            base = QueuePosition.writable(value);
        }
    }

    synchronized void writeProducer(int value) {
        producer = value & QueuePosition.INDEX;
        process();
    }

    synchronized void writeConsumer(int value) {
        if (!enabled) {
            consumer = value & (QueuePosition.INDEX | ERROR);
        }
    }

    synchronized void enable(boolean on) {
        enabled = on;
        process();
    }

    /** Goes on after software has acknowledged an error. */
    synchronized void resume() {
        process();
    }

    private void process() {
        int sizeLg2 = QueuePosition.sizeLg2(base, ids.commandQueueLg2());
        while (enabled && !errors.active(GlobalErrors.COMMAND)
                && !QueuePosition.empty(producer, consumer, sizeLg2)) {
            long entry = QueuePosition.entry(base, consumer, sizeLg2, Command.BYTES_LG2);
            int error = next(entry);
            int index = consumer & QueuePosition.INDEX;
            if (error == 0) {
                consumer = QueuePosition.next(index, sizeLg2) | consumer & ERROR;
            } else {
                consumer = index | error << ERROR_SHIFT;
                errors.raise(GlobalErrors.COMMAND);
            }
        }
    }

    /** @return 0, or what ERR says; CONS then stays */
    private int next(long entry) {
        if (!memory.contains(entry, 1 << Command.BYTES_LG2)) {
            return ABORTED;
        }
        long word0 = memory.loadAcquire64(entry);
        long word1 = memory.loadAcquire64(entry + Long.BYTES);
        return execution.execute(word0, word1) ? 0 : ILLEGAL;
    }
}
