package org.iommu4j.hwsim.device;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One channel of a DMA generator. Many threads enqueue: each claims the next number with compare-and-set, writes its
 * descriptor into the slot of that number and publishes it by writing the number, plus one, beside it. The DMA thread
 * takes the numbers in order. A slot, of the descriptors and of the ring, is free again once software has consumed its
 * completion. No lock; allocates nothing.
 */
final class GeneratorChannel implements DmaSource {
    /** Most transfers of one burst, so of one interval. */
    private static final int BURST = 32;
    private static final int SLOTS = GeneratorLayout.RING_ENTRIES;
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private final BusRoute route;
    private final DmaSwitch dma;
    private final Doorbell bell;
    private final GeneratorTransfer transfer = new GeneratorTransfer();
    private final long[] descriptors = new long[SLOTS * GeneratorLayout.WORDS];
    private final long[] published = new long[SLOTS];
    private final long[] ring = new long[SLOTS * 2];
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong consumed = new AtomicLong();
    private final AtomicInteger errors = new AtomicInteger();

    GeneratorChannel(BusRoute route, DmaSwitch dma, Doorbell bell) {
        this.route = route;
        this.dma = dma;
        this.bell = bell;
        dma.connect(bell);
    }

    boolean enqueue(long[] words) {
        long number;
        do {
            number = accepted.get();
            if (number - consumed.get() >= SLOTS) {
                return false;
            }
        } while (!accepted.compareAndSet(number, number + 1));
        int slot = (int) number & SLOTS - 1;
        System.arraycopy(words, 0, descriptors, slot * GeneratorLayout.WORDS, GeneratorLayout.WORDS);
        WORDS.setRelease(published, slot, number + 1);
        bell.ring();
        return true;
    }

    void post(long[] words) {
        if (!enqueue(words)) {
            latch(GeneratorLayout.ERROR_DROPPED);
        }
    }

    long completed() {
        return completed.getAcquire();
    }

    long consumed() {
        return consumed.get();
    }

    void consume(long number) {
        long before = consumed.get();
        if (number < before || number > completed.get() || !consumed.compareAndSet(before, number)) {
            latch(GeneratorLayout.ERROR_CONSUMED);
        }
    }

    long errors() {
        return errors.get();
    }

    void clearErrors(long bits) {
        errors.getAndUpdate(seen -> seen & ~(int) bits);
    }

    /** @param word 0 to twice the number of entries, less one */
    long ringWord(int word) {
        return (long) WORDS.getAcquire(ring, word);
    }

    @Override
    public boolean serve(DmaPort port) {
        if (!due(completed.getPlain()) || !dma.enter()) {
            return false;
        }
        try {
            port.begin(route);
            try {
                return burst(port);
            } finally {
                port.end();
            }
        } finally {
            dma.leave();
        }
    }

    private boolean burst(DmaPort port) {
        long number = completed.getPlain();
        long end = number + BURST;
        while (number < end && due(number)) {
            int slot = (int) number & SLOTS - 1;
            int at = slot * GeneratorLayout.WORDS;
            long word0 = descriptors[at];
            boolean done = transfer.execute(port, GeneratorLayout.opcode(word0), descriptors[at + 1],
                    descriptors[at + 2], descriptors[at + 3]);
            WORDS.setRelease(ring, slot * 2 + 1, transfer.result());
            WORDS.setRelease(ring, slot * 2, GeneratorLayout.completion(word0, done));
            completed.setRelease(++number);
        }
        return due(number);
    }

    private boolean due(long number) {
        return (long) WORDS.getAcquire(published, (int) number & SLOTS - 1) == number + 1;
    }

    private void latch(int bit) {
        errors.getAndUpdate(seen -> seen | bit);
    }
}
