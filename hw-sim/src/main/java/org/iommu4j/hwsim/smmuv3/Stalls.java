package org.iommu4j.hwsim.smmuv3;

/**
 * Transactions that a fault has stalled: each keeps its device thread, outside of any interval, until software says how
 * it goes on. Arm IHI 0070, 3.12.2, 4.7.1, 4.7.2, 7.2.1. The tag of a stall is its place here. Any thread.
 */
final class Stalls {
    private static final int FREE = 0;
    private static final int WAITING = 1;
    private static final int UNRECORDED = 2;
    private static final int RETRY = 3;
    private static final int ABORT = 4;

    private final EventQueue events;
    private final int[] states;
    private final int[] streams;
    private int free;
    private long changes;
    private boolean off;

    Stalls(SmmuIds ids, EventQueue events) {
        this.events = events;
        this.states = new int[ids.stallMax()];
        this.streams = new int[states.length];
        this.free = states.length;
    }

    /**
     * Stalls a transaction, and waits for its end. One whose record finds no room, or that finds no tag, is tried again
     * as soon as there may be some.
     *
     * @param words of the event record, without what says that it is stalled
     * @return true to try again, false to abort
     */
    synchronized boolean hold(int sid, long[] words) {
        if (off) {
            return false;
        }
        if (free == 0) {
            long seen = changes;
            while (changes == seen && !off) {
                await();
            }
            return !off;
        }
        int tag = place();
        free--;
        streams[tag] = sid;
        boolean recorded = events.record(words[0], words[1] | EventRecord.stalled(tag), words[2], words[3], true);
        states[tag] = recorded ? WAITING : UNRECORDED;
        while (states[tag] == WAITING || states[tag] == UNRECORDED) {
            await();
        }
        boolean retry = states[tag] == RETRY;
        states[tag] = FREE;
        free++;
        changes++;
        notifyAll();
        return retry;
    }

    /** CMD_RESUME; without effect if there is no such stall. */
    synchronized void resume(int sid, int tag, boolean retry) {
        if (tag < states.length && states[tag] == WAITING && streams[tag] == sid) {
            states[tag] = retry ? RETRY : ABORT;
            notifyAll();
        }
    }

    /** CMD_STALL_TERM. */
    synchronized void terminate(int sid) {
        for (int tag = 0; tag < states.length; tag++) {
            if (streams[tag] == sid) {
                end(tag, ABORT);
            }
        }
        notifyAll();
    }

    /** SMMUEN has been cleared. */
    synchronized void terminateAll() {
        for (int tag = 0; tag < states.length; tag++) {
            end(tag, ABORT);
        }
        changes++;
        notifyAll();
    }

    /** The event queue may have room again. */
    synchronized void queueChanged() {
        for (int tag = 0; tag < states.length; tag++) {
            if (states[tag] == UNRECORDED) {
                end(tag, RETRY);
            }
        }
        notifyAll();
    }

    /** Nothing stalls any more, and what does is aborted. */
    synchronized void powerOff() {
        off = true;
        terminateAll();
    }

    private void end(int tag, int state) {
        if (states[tag] == WAITING || states[tag] == UNRECORDED) {
            states[tag] = state;
        }
    }

    private int place() {
        int tag = 0;
        while (states[tag] != FREE) {
            tag++;
        }
        return tag;
    }

    /** An interrupt of the device thread does not end a stall; it stays pending for whoever stops the engine. */
    private void await() {
        boolean interrupted = Thread.interrupted();
        try {
            wait();
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
