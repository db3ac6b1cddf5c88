package org.iommu4j.replay.play;

import java.util.List;
import java.util.SplittableRandom;
import org.iommu4j.api.Protection;
import org.iommu4j.replay.dma.DmaBatch;
import org.iommu4j.replay.dma.DmaClient;

/**
 * Makes a device touch pages and judges each transfer: what the mapping allows has to happen, there and nowhere else;
 * what nothing allows has to be refused. Used by one thread.
 */
final class Prober {
    private static final int PAGES_TRIED = 3;
    private static final String UNMAPPED = "it had been unmapped";
    private static final String FLUSHED = "it had been unmapped and flushed";

    private final Frames frames;
    private final Verdict verdict;
    private final int writer;
    private final DmaBatch batch = new DmaBatch();
    private final Mapping[] tried = new Mapping[PAGES_TRIED];
    private long sequence;

    /** @param writer the word of each frame that this one owns, 1 to {@link Frames#WRITERS} */
    Prober(Frames frames, Verdict verdict, int writer) {
        this.frames = frames;
        this.verdict = verdict;
        this.writer = writer;
    }

    /** Touches every page of a mapping in each way that it allows; the caller holds a pin or is its owner. */
    void touchAll(Mapping mapping, DmaClient device) {
        if (mapping.isMmio()) {
            batch.clear();
            batch.write32(mapping.at, 0);
            device.run(batch);
            judgeMmio(mapping);
            return;
        }
        for (int page = 0; page < mapping.pages(); page += DmaBatch.CAPACITY / 2) {
            touch(mapping, device, page, Math.min(mapping.pages(), page + DmaBatch.CAPACITY / 2));
        }
    }

    /** Touches the first and the last page of a mapping in each way that it allows. */
    void touchEnds(Mapping mapping, DmaClient device) {
        touch(mapping, device, 0, 1);
        if (mapping.pages() > 1) {
            touch(mapping, device, mapping.pages() - 1, mapping.pages());
        }
    }

    /** Touches a run of pages at random places of a mapping. */
    void touchSome(Mapping mapping, DmaClient device, SplittableRandom random, int most) {
        int first = random.nextInt(mapping.pages());
        touch(mapping, device, first, Math.min(mapping.pages(), first + most));
    }

    private void touch(Mapping mapping, DmaClient device, int from, int to) {
        batch.clear();
        for (int page = from; page < to; page++) {
            long address = mapping.at + ((long) page << Frames.PAGE_LG2);
            if (mapping.allows(Protection.READ)) {
                batch.read(address);
            }
            if (mapping.allows(Protection.WRITE)) {
                write(mapping, address, ++sequence);
            }
        }
        device.run(batch);
        judge(mapping);
    }

    private void judge(Mapping mapping) {
        int right = 0;
        for (int i = 0; i < batch.size(); i++) {
            long address = batch.iova(i);
            if (!batch.completed(i)) {
                verdict.lost(mapping, address);
            } else if (reached(i, mapping, "")) {
                right++;
            }
        }
        verdict.right(right);
    }

    /** Writes this prober's word of the page at an address. */
    private void write(Mapping mapping, long address, long value) {
        batch.write(address + Frames.offset(writer), value, mapping.frame(address) + Frames.offset(writer));
    }

    /** True if a completed transfer reached the frame that its mapping has, or had. */
    private boolean reached(int index, Mapping mapping, String when) {
        long address = batch.iova(index);
        long frame = mapping.frame(address);
        long expected = batch.isRead(index) ? Frames.tag(frame) : batch.data(index);
        long found = batch.isRead(index) ? batch.data(index) : frames.word(frame, writer);
        if (found != expected) {
            verdict.wrong("%s of IOVA %#x of %s, mapped to %#x%s: %#x instead of %#x",
                    batch.isRead(index) ? "read" : "write", address, mapping.owner.name(), frame, when, found,
                    expected);
        }
        return found == expected;
    }

    private void judgeMmio(Mapping mapping) {
        if (batch.completed(0)) {
            verdict.right(1);
        } else {
            verdict.lost(mapping, mapping.at);
        }
    }

    /** Tries what the protection of a mapping forbids, at its first page. */
    void probeForbidden(Mapping mapping, DmaClient device) {
        batch.clear();
        if (!mapping.allows(Protection.WRITE)) {
            write(mapping, mapping.at, ++sequence);
        }
        if (!mapping.allows(Protection.READ)) {
            batch.read(mapping.at);
        }
        expectRefusal(device, "the protection of " + mapping.owner.name() + " forbids it");
    }

    /**
     * Tries the first, the last and one random page of mappings that are gone, in a way that they allowed.
     *
     * @param lazily until it is flushed such a page may still be reached: that very frame, no other
     */
    void probeUnmapped(List<Mapping> gone, boolean lazily, DmaClient device, SplittableRandom random) {
        batch.clear();
        // One value for all: several of them may have had the same frame.
        sequence++;
        Mapping first = gone.get(0);
        Mapping last = gone.get(gone.size() - 1);
        tryPage(first, 0);
        if (gone.size() > 1 || first.pages() > 1) {
            tryPage(last, last.pages() - 1);
            Mapping any = gone.get(random.nextInt(gone.size()));
            tryPage(any, random.nextInt(any.pages()));
        }
        device.run(batch);
        for (int i = 0; i < batch.size(); i++) {
            if (!batch.completed(i)) {
                verdict.probeFault();
            } else if (!lazily) {
                carriedOut(i, UNMAPPED);
            } else if (tried[i].isMmio() || reached(i, tried[i], " until its unmap")) {
                verdict.staleAccess();
            }
        }
    }

    private void tryPage(Mapping gone, int page) {
        long address = gone.at + ((long) page << Frames.PAGE_LG2);
        tried[batch.size()] = gone;
        if (gone.allows(Protection.READ)) {
            batch.read(address);
        } else {
            write(gone, address, sequence);
        }
    }

    /** Tries everything that is gone, after its flush. */
    void probeFlushed(GoneRanges gone, Iterable<Mapping> standing, DmaClient device) {
        batch.clear();
        gone.forEachPage(standing, page -> {
            batch.read(page);
            if (batch.size() == DmaBatch.CAPACITY) {
                expectRefusal(device, FLUSHED);
                batch.clear();
            }
        });
        expectRefusal(device, FLUSHED);
    }

    private void expectRefusal(DmaClient device, String why) {
        device.run(batch);
        for (int i = 0; i < batch.size(); i++) {
            if (batch.completed(i)) {
                carriedOut(i, why);
            } else {
                verdict.probeFault();
            }
        }
    }

    private void carriedOut(int index, String why) {
        verdict.wrong("%s of IOVA %#x was carried out although %s", batch.isRead(index) ? "read" : "write",
                batch.iova(index), why);
    }
}
