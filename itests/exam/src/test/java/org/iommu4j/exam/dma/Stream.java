package org.iommu4j.exam.dma;

import java.util.SplittableRandom;
import org.iommu4j.api.machine.PhysicalMemory;

/** A device that reads and writes pages which stay mapped, as fast as it can. */
final class Stream implements Runnable {
    private static final int PAIRS = Channel.CAPACITY / 2;

    private final Channel channel;
    private final long iova;
    private final Frames frames;
    private final Tally tally;
    private final SplittableRandom random;
    private final int[] page = new int[PAIRS];
    private volatile boolean ended;

    Stream(Channel channel, long iova, Frames frames, Tally tally, long seed) {
        this.channel = channel;
        this.iova = iova;
        this.frames = frames;
        this.tally = tally;
        this.random = new SplittableRandom(seed);
    }

    void end() {
        ended = true;
    }

    @Override
    public void run() {
        while (!ended) {
            long value = random.nextLong();
            channel.clear();
            for (int i = 0; i < PAIRS; i++) {
                page[i] = random.nextInt(frames.count());
                long at = iova + page[i] * PhysicalMemory.PAGE;
                channel.read(at);
                channel.write(at + Long.BYTES, value + page[i]);
            }
            channel.run();
            for (int i = 0; i < PAIRS; i++) {
                judge(i, value + page[i]);
            }
        }
    }

    private void judge(int pair, long value) {
        int read = 2 * pair;
        int index = page[pair];
        if (!channel.completed(read) || !channel.completed(read + 1)) {
            tally.isLost("page " + index + " of a stream was refused");
        } else if (channel.data(read) != frames.mark(index) || frames.written(index) != value) {
            tally.isWrong("page " + index + " of a stream was missed");
        } else {
            tally.isRight(2);
        }
    }
}
