package org.iommu4j.exam.dma;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.Protection;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * Both devices of a machine at work, each with a domain of its own: a stream on one of the machine's DMA threads, a
 * caller with another channel. Runs from its making until it is closed, which gives everything back.
 */
public final class Traffic implements AutoCloseable {
    private static final long STREAM_IOVA = 1L << 32;
    private static final long CALLER_IOVA = 1L << 40;
    private static final int STREAM_PAGES = 1024;
    private static final int CALLER_PAGES = 8;
    private static final long RAM_FOR_EACH = 64L << 20;
    private static final long END_MILLIS = TimeUnit.SECONDS.toMillis(30);

    private final IommuOps iommu;
    private final DomainOps domains;
    private final PhysicalMemory memory;
    private final long start;
    private final boolean tryAgain;
    private final Tally tally = new Tally();
    private final List<IommuGroup> groups = new ArrayList<>();
    private final List<Domain> own = new ArrayList<>();
    private final List<Runnable> ends = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /**
     * @param start where RAM begins
     * @param devices with two channels each
     * @param tryAgain lets callers repeat a call that was answered DRIVER_GONE
     */
    public Traffic(IommuOps iommu, DomainOps domains, PhysicalMemory memory, long start, List<Device> devices,
            boolean tryAgain) {
        this.iommu = iommu;
        this.domains = domains;
        this.memory = memory;
        this.start = start;
        this.tryAgain = tryAgain;
        for (int i = 0; i < devices.size(); i++) {
            prepare(devices.get(i), i);
        }
        threads.forEach(Thread::start);
    }

    public Tally tally() {
        return tally;
    }

    /** The domains that the devices are in. */
    public List<Domain> domains() {
        return own;
    }

    private void prepare(Device device, int index) {
        Domain domain = iommu.allocate(device.group());
        iommu.attach(device.group(), domain);
        groups.add(device.group());
        own.add(domain);
        long ram = start + (index + 1) * RAM_FOR_EACH;
        Frames stay = Frames.of(memory, ram, STREAM_PAGES);
        // One call a page keeps pages small, and so the IOTLB busy.
        for (int page = 0; page < STREAM_PAGES; page++) {
            domains.map(domain, STREAM_IOVA + page * PhysicalMemory.PAGE, stay.address(page), PhysicalMemory.PAGE,
                    Protection.READ | Protection.WRITE);
        }
        // Channels are dealt out to the machine's DMA threads in turn: the streams take one each.
        Stream stream = new Stream(new Channel(device, index), STREAM_IOVA, stay, tally, index);
        add("stream", index, stream, stream::end);
        Frames[] halves = {
            Frames.of(memory, ram + stay.length(), CALLER_PAGES),
            Frames.of(memory, ram + stay.length() + CALLER_PAGES * PhysicalMemory.PAGE, CALLER_PAGES)};
        Caller caller = new Caller(domains, domain, new Channel(device, 1 - index), CALLER_IOVA, halves, tally,
                tryAgain);
        add("caller", index, caller, caller::end);
    }

    private void add(String name, int index, Runnable work, Runnable end) {
        ends.add(end);
        threads.add(new Thread(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                tally.say(name + " " + index + " ended: " + e);
            }
        }, "exam " + name + " " + index));
    }

    /** Ends all threads, each after what it is doing. */
    public void end() {
        ends.forEach(Runnable::run);
        for (Thread thread : threads) {
            try {
                thread.join(END_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (thread.isAlive()) {
                tally.say(thread.getName() + " does not end");
            }
        }
    }

    /** Ends all threads where they are: their machine has gone. */
    public void abandon() {
        threads.forEach(Thread::interrupt);
        end();
    }

    /** {@link #end}, and takes devices, mappings and domains back. */
    @Override
    public void close() {
        end();
        for (int i = 0; i < own.size(); i++) {
            iommu.detach(groups.get(i));
            domains.unmap(own.get(i), STREAM_IOVA, STREAM_PAGES * PhysicalMemory.PAGE);
            iommu.free(own.get(i));
        }
    }
}
