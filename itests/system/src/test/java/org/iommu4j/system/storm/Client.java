package org.iommu4j.system.storm;

import java.util.Random;
import org.iommu4j.replay.dma.DmaBatch;
import org.iommu4j.replay.dma.DmaChannel;

/** One thread that keeps one channel of a device busy, and judges every transfer. */
final class Client implements Runnable {
    private static final int MOST = 4;

    private final Storm storm;
    private final Scenery scenery;
    private final Schedule schedule;
    private final DmaChannel channel;
    private final int number;
    private final Random random;
    private final DmaBatch batch = new DmaBatch();
    private final int[] pages = new int[MOST];
    private long sequence;

    /** @param number of the client, from 0; it owns one word of every page */
    Client(Storm storm, Scenery scenery, Schedule schedule, DmaChannel channel, int number, long seed) {
        this.storm = storm;
        this.scenery = scenery;
        this.schedule = schedule;
        this.channel = channel;
        this.number = number;
        this.random = new Random(seed + number);
    }

    @Override
    public void run() {
        while (!storm.isOver()) {
            int from = schedule.now();
            int count = prepare();
            channel.run(batch);
            int to = schedule.now();
            for (int i = 0; i < count; i++) {
                judgeRead(pages[i], 2 * i, from, to);
                judgeWrite(pages[i], 2 * i + 1, from, to);
            }
            storm.passed(batch.size(), from != to || (from & 1) != 0);
            schedule.witness(number, from, to);
        }
    }

    /** A read and a write of each of a few pages. */
    private int prepare() {
        batch.clear();
        int count = 1 + random.nextInt(MOST);
        int first = random.nextInt(Scenery.pages());
        for (int i = 0; i < count; i++) {
            pages[i] = (first + i) % Scenery.pages();
            batch.read(scenery.iova(pages[i]));
            batch.write(scenery.iova(pages[i]) + Scenery.offset(number), (long) number << 48 | ++sequence);
        }
        return count;
    }

    private void judgeRead(int page, int at, int from, int to) {
        if (!batch.completed(at)) {
            judgeAborted(page, at, from, to);
            return;
        }
        for (int domain = 0; domain < Scenery.BLOCKED; domain++) {
            if (batch.data(at) == scenery.tag(domain, page) && schedule.inForce(domain, from, to)) {
                return;
            }
        }
        storm.wrong("read of page %d from time %d to %d brought %#x", page, from, to, batch.data(at));
    }

    private void judgeWrite(int page, int at, int from, int to) {
        if (!batch.completed(at)) {
            judgeAborted(page, at, from, to);
            return;
        }
        for (int domain = 0; domain < Scenery.BLOCKED; domain++) {
            if (schedule.inForce(domain, from, to)
                    && scenery.word(scenery.physical(domain, page), number) == batch.data(at)) {
                return;
            }
        }
        storm.wrong("write of %#x to page %d from time %d to %d is in none of the pages", batch.data(at), page, from,
                to);
    }

    private void judgeAborted(int page, int at, int from, int to) {
        if (!schedule.inForce(Scenery.BLOCKED, from, to)) {
            storm.lost("%s of page %d from time %d to %d", batch.isRead(at) ? "read" : "write", page, from, to);
        }
    }
}
