package org.iommu4j.replay.play;

import java.util.SplittableRandom;
import org.iommu4j.api.Protection;
import org.iommu4j.replay.dma.DmaBatch;
import org.iommu4j.replay.dma.DmaChannel;

/**
 * Makes a device touch pages and judges each transfer: what the mapping allows has to happen, there and nowhere else;
 * what nothing allows has to be refused. Used by one thread.
 */
final class Prober {
    private final Frames frames;
    private final Verdict verdict;
    private final int writer;
    private final DmaBatch batch = new DmaBatch();
    private long sequence;

    /** @param writer the word of each frame that this one owns, 1 to {@link Frames#WRITERS} */
    Prober(Frames frames, Verdict verdict, int writer) {
        this.frames = frames;
        this.verdict = verdict;
        this.writer = writer;
    }

    /** Touches every page of a mapping in each way that it allows; the caller holds a pin or is its owner. */
    void touchAll(Mapping mapping, DmaChannel channel) {
        if (mapping.isMmio()) {
            batch.clear();
            batch.write32(mapping.iova, 0);
            channel.run(batch);
            judgeMmio(mapping);
            return;
        }
        for (int page = 0; page < mapping.pages(); page += DmaBatch.CAPACITY / 2) {
            touch(mapping, channel, page, Math.min(mapping.pages(), page + DmaBatch.CAPACITY / 2), mapping.iova);
        }
    }

    /** Touches a run of pages at random places of a mapping. */
    void touchSome(Mapping mapping, DmaChannel channel, SplittableRandom random, int most) {
        int first = random.nextInt(mapping.pages());
        touch(mapping, channel, first, Math.min(mapping.pages(), first + most), mapping.iova);
    }

    /** As {@link #touchAll}, by physical address. */
    void touchPhysical(Mapping mapping, DmaChannel channel) {
        for (int page = 0; page < mapping.pages(); page += DmaBatch.CAPACITY / 2) {
            touch(mapping, channel, page, Math.min(mapping.pages(), page + DmaBatch.CAPACITY / 2), mapping.pa);
        }
    }

    private void touch(Mapping mapping, DmaChannel channel, int from, int to, long base) {
        batch.clear();
        for (int page = from; page < to; page++) {
            long address = base + ((long) page << Frames.PAGE_LG2);
            if (mapping.allows(Protection.READ)) {
                batch.read(address);
            }
            if (mapping.allows(Protection.WRITE)) {
                batch.write(address + Frames.offset(writer), ++sequence);
            }
        }
        channel.run(batch);
        judge(mapping, base);
    }

    private void judge(Mapping mapping, long base) {
        int right = 0;
        for (int i = 0; i < batch.size(); i++) {
            long address = batch.iova(i);
            long frame = mapping.pa + (address - base & -Frames.PAGE);
            long expected = batch.isRead(i) ? Frames.tag(frame) : batch.data(i);
            long found = batch.isRead(i) ? batch.data(i) : frames.word(frame, writer);
            if (!batch.completed(i)) {
                verdict.lost(mapping, address);
            } else if (found != expected) {
                verdict.wrong("%s of IOVA %#x of %s, mapped to %#x: %#x instead of %#x",
                        batch.isRead(i) ? "read" : "write", address, mapping.owner.name(), frame, found, expected);
            } else {
                right++;
            }
        }
        verdict.right(right);
    }

    private void judgeMmio(Mapping mapping) {
        if (batch.completed(0)) {
            verdict.right(1);
        } else {
            verdict.lost(mapping, mapping.iova);
        }
    }

    /** Tries what the protection of a mapping forbids, at its first page. */
    void probeForbidden(Mapping mapping, DmaChannel channel) {
        batch.clear();
        if (!mapping.allows(Protection.WRITE)) {
            batch.write(mapping.iova + Frames.offset(writer), ++sequence);
        }
        if (!mapping.allows(Protection.READ)) {
            batch.read(mapping.iova);
        }
        expectRefusal(channel, "the protection of " + mapping.owner.name() + " forbids it");
    }

    /** Tries the first, the last and one random page of a range that is not mapped any more. */
    void probeUnmapped(long iova, long length, DmaChannel channel, SplittableRandom random) {
        batch.clear();
        batch.read(iova);
        long pages = length >>> Frames.PAGE_LG2;
        if (pages > 1) {
            batch.read(iova + length - Frames.PAGE);
            batch.read(iova + (random.nextLong(pages) << Frames.PAGE_LG2));
        }
        expectRefusal(channel, "it had been unmapped");
    }

    private void expectRefusal(DmaChannel channel, String why) {
        channel.run(batch);
        for (int i = 0; i < batch.size(); i++) {
            if (batch.completed(i)) {
                verdict.wrong("%s of IOVA %#x was carried out although %s", batch.isRead(i) ? "read" : "write",
                        batch.iova(i), why);
            } else {
                verdict.probeFault();
            }
        }
    }
}
