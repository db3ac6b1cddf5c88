package org.iommu4j.smmuv3.queues;

import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.smmuv3.registers.QueueRegister;
import org.iommu4j.smmuv3.registers.UnitRegisters;

/**
 * Reads the event queue when its interrupt arrives, and reports what is in it. Any thread, one after the other;
 * allocates nothing.
 */
public final class EventQueue {
    /** How many records one run reports: beyond this they are dropped, so that the caller is not held in the gate. */
    private static final int RUN = 1 << 14;

    private final UnitRegisters registers;
    private final QueueMemory slots;
    private final FaultSink sink;

    public EventQueue(UnitRegisters registers, QueueMemory slots, FaultSink sink) {
        this.registers = registers;
        this.slots = slots;
        this.sink = sink;
    }

    public QueueMemory memory() {
        return slots;
    }

    /** Reports and gives back all records. */
    public synchronized void drain() {
        int left = RUN;
        int producer = registers.eventProducer();
        int consumer = registers.eventConsumer();
        while (producer != consumer && left > 0) {
            int index = slots.index(consumer);
            while (index != slots.index(producer) && left-- > 0) {
                report(index);
                index = slots.index(index + 1);
            }
            consumer = give(index, producer, consumer);
            producer = registers.eventProducer();
        }
        if (slots.index(producer) != slots.index(consumer)) {
            give(slots.index(producer), producer, consumer);
            sink.overflow();
        }
    }

    /** Writes the consumer register; acknowledges an overflow, and reports it. @return what was written */
    private int give(int index, int producer, int consumer) {
        if (QueueRegister.overflow(producer) != QueueRegister.overflow(consumer)) {
            sink.overflow();
        }
        int written = index | QueueRegister.overflow(producer);
        registers.eventConsumer(written);
        return written;
    }

    private void report(int index) {
        slots.refresh(index);
        EventRecord.report(slots.word(index, 0), slots.word(index, 1), slots.word(index, 2), sink);
    }
}
