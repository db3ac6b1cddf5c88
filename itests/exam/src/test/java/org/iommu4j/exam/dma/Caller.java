package org.iommu4j.exam.dma;

import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * A client: maps a few pages, has its device use them, unmaps them and has the device probe that they are gone. The
 * same IOVA leads to one or the other half of its frames in turn, so that a stale translation shows.
 */
final class Caller implements Runnable {
    private static final int CALLS_FOR_EACH_USE = 16;

    private final DomainOps domains;
    private final Domain domain;
    private final Channel channel;
    private final long iova;
    private final Frames[] halves;
    private final Tally tally;
    private final boolean tryAgain;
    private volatile boolean ended;

    /** @param tryAgain when a call is answered DRIVER_GONE; else that is an error like any other */
    Caller(DomainOps domains, Domain domain, Channel channel, long iova, Frames[] halves, Tally tally,
            boolean tryAgain) {
        this.domains = domains;
        this.domain = domain;
        this.channel = channel;
        this.iova = iova;
        this.halves = halves;
        this.tally = tally;
        this.tryAgain = tryAgain;
    }

    void end() {
        ended = true;
    }

    @Override
    public void run() {
        for (long round = 0; !ended; round++) {
            Frames frames = halves[(int) round & 1];
            call(() -> domains.map(domain, iova, frames.pa(), frames.length(), Protection.READ | Protection.WRITE));
            if (round % CALLS_FOR_EACH_USE == 0) {
                use(frames, round);
            }
            call(() -> {
                long unmapped = domains.unmap(domain, iova, frames.length());
                if (unmapped != frames.length()) {
                    tally.say("unmapped " + unmapped + " bytes of " + frames.length());
                }
            });
            if (round % CALLS_FOR_EACH_USE == 0) {
                probe(frames);
            }
        }
    }

    private void call(Runnable work) {
        while (true) {
            // A call that was refused just before the driver came back gets one more try after the end.
            boolean last = ended;
            tally.enters();
            try {
                work.run();
                tally.returns();
                return;
            } catch (IommuException e) {
                if (!tryAgain || e.reason() != Reason.DRIVER_GONE) {
                    throw e;
                }
                tally.isRefused();
            }
            if (last) {
                throw IommuException.of(Reason.DRIVER_GONE, "ended before a driver came back");
            }
        }
    }

    private void use(Frames frames, long value) {
        channel.clear();
        for (int i = 0; i < frames.count(); i++) {
            channel.read(iova + i * PhysicalMemory.PAGE);
            channel.write(iova + i * PhysicalMemory.PAGE + Long.BYTES, value + i);
        }
        channel.run();
        for (int i = 0; i < frames.count(); i++) {
            if (!channel.completed(2 * i) || !channel.completed(2 * i + 1)) {
                tally.isLost("page " + i + " of a call was refused");
            } else if (channel.data(2 * i) != frames.mark(i) || frames.written(i) != value + i) {
                tally.isWrong("page " + i + " of a call was missed");
            } else {
                tally.isRight(2);
            }
        }
    }

    private void probe(Frames frames) {
        channel.clear();
        channel.read(iova);
        channel.write(iova + frames.length() - Long.BYTES, 0);
        channel.run();
        for (int i = 0; i < channel.size(); i++) {
            if (channel.completed(i)) {
                tally.isWrong("a page was reached after its unmap had returned");
            } else {
                tally.isRight(1);
            }
        }
    }
}
