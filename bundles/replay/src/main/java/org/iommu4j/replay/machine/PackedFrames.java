package org.iommu4j.replay.machine;

import java.util.NavigableSet;
import java.util.TreeSet;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.replay.plan.TraceAddresses;

/**
 * Where the memory of a trace lies on a board whose RAM is not where the trace's was: each GiB in which the trace has
 * memory, one after the other from one place on. So every range stays one range, and alignment is kept up to 1 GiB.
 * Immutable.
 */
final class PackedFrames {
    private final long start;
    private final NavigableSet<Long> chunks = new TreeSet<>();

    /** @param start where the first GiB goes, a multiple of 1 GiB */
    PackedFrames(TraceAddresses addresses, long start) {
        this.start = start;
        long[] memory = addresses.memory();
        for (int i = 0; i < memory.length; i += 2) {
            for (long chunk = chunk(memory[i]); chunk <= chunk(memory[i + 1]); chunk++) {
                chunks.add(chunk);
            }
        }
    }

    private static long chunk(long physical) {
        return Long.divideUnsigned(physical, PhysicalMemory.CHUNK);
    }

    /** GiB that the trace has memory in. */
    int chunks() {
        return chunks.size();
    }

    /** Where the first GiB lies. */
    long start() {
        return start;
    }

    /** True if all of it lies where the trace has it. */
    boolean isInPlace() {
        return chunks.stream().allMatch(chunk -> of(chunk * PhysicalMemory.CHUNK) == chunk * PhysicalMemory.CHUNK);
    }

    /** @throws IommuException BAD_ADDRESS if the trace has no memory there */
    long of(long physical) {
        if (!chunks.contains(chunk(physical))) {
            throw IommuException.of(Reason.BAD_ADDRESS, "physical address %#x is no memory of the trace", physical);
        }
        return start + chunks.headSet(chunk(physical)).size() * PhysicalMemory.CHUNK
                + (physical & PhysicalMemory.CHUNK - 1);
    }
}
