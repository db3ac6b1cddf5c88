package org.iommu4j.smmuv3.queues;

import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.smmuv3.registers.QueueRegister;

/**
 * Where a queue lies. Positions count elements since the queue was made; a position's slot is its remainder by the
 * queue's size.
 *
 * @param memory in which it lies
 * @param base of the elements, aligned to the queue's size
 * @param sizeLg2 log2 of the number of elements
 * @param elementLg2 log2 of an element's size: 4 for commands, 5 for events
 * @param status of status words, one a slot, that syncs write; 0 if they do not
 */
public record QueueMemory(TableMemory memory, long base, int sizeLg2, int elementLg2, long status) {
    static final int COMMAND_LG2 = 4;
    static final int EVENT_LG2 = 5;
    /** Log2 of the commands in a queue, unless the unit has fewer. */
    private static final int COMMANDS_LG2 = 8;
    private static final int EVENTS_LG2 = 9;
    private static final int PAGE_LG2 = 12;

    /** A new command queue. @param mostLg2 that the unit has @param writes true if syncs write their completion */
    public static QueueMemory commands(TableMemory memory, int mostLg2, boolean writes) {
        int sizeLg2 = Math.min(COMMANDS_LG2, mostLg2);
        long base = memory.newTable(bytesLg2(sizeLg2, COMMAND_LG2));
        try {
            return new QueueMemory(memory, base, sizeLg2, COMMAND_LG2, writes ? memory.newFrame() : 0);
        } catch (RuntimeException e) {
            memory.free(base, bytesLg2(sizeLg2, COMMAND_LG2));
            throw e;
        }
    }

    /** A new event queue. @param mostLg2 that the unit has */
    public static QueueMemory events(TableMemory memory, int mostLg2) {
        int sizeLg2 = Math.min(EVENTS_LG2, mostLg2);
        return new QueueMemory(memory, memory.newTable(bytesLg2(sizeLg2, EVENT_LG2)), sizeLg2, EVENT_LG2, 0);
    }

    /** One that a former driver made. */
    public static QueueMemory commandsAt(TableMemory memory, long base, int sizeLg2, long status) {
        return new QueueMemory(memory, base, sizeLg2, COMMAND_LG2, status);
    }

    /** One that a former driver made. */
    public static QueueMemory eventsAt(TableMemory memory, long base, int sizeLg2) {
        return new QueueMemory(memory, base, sizeLg2, EVENT_LG2, 0);
    }

    private static int bytesLg2(int sizeLg2, int elementLg2) {
        return Math.max(PAGE_LG2, sizeLg2 + elementLg2);
    }

    /** Gives the frames back. */
    public void free() {
        memory.free(base, bytesLg2(sizeLg2, elementLg2));
        if (status != 0) {
            memory.free(status);
        }
    }

    /** What the queue's base register holds for it. */
    public long register() {
        return QueueRegister.base(base, sizeLg2);
    }

    /** How many elements it has. */
    int slots() {
        return 1 << sizeLg2;
    }

    /** What a producer or consumer register holds for a position. */
    public int index(long position) {
        return QueueRegister.index(position, sizeLg2);
    }

    int slot(long position) {
        return (int) position & slots() - 1;
    }

    private long address(long position) {
        return base + ((long) slot(position) << elementLg2);
    }

    void write(long position, long low, long high) {
        long pa = address(position);
        memory.memory().store64(pa, low);
        memory.memory().store64(pa + Long.BYTES, high);
        if (!memory.snooped()) {
            memory.machine().flush(pa, 2 * Long.BYTES);
        }
    }

    long word(long position, int word) {
        return memory.memory().load64(address(position) + (long) word * Long.BYTES);
    }

    /** Lets go of what processors hold of an element that hardware has written. */
    void refresh(long position) {
        if (!memory.snooped()) {
            memory.machine().flush(address(position), 1L << elementLg2);
        }
    }

    boolean writesStatus() {
        return status != 0;
    }

    long statusAddress(long position) {
        return status + (long) slot(position) * Integer.BYTES;
    }

    /** What the sync at a position writes: how often its slot has been used, so that an older value is told apart. */
    int statusData(long position) {
        return (int) (position >>> sizeLg2) + 1;
    }

    /** True if the sync at a position has written; a later one in the same slot says so too. */
    boolean isWritten(long position) {
        return memory.memory().loadAcquire32(statusAddress(position)) - statusData(position) >= 0;
    }
}
