package org.iommu4j.core.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.TablePool;

/** A machine's RAM, with the pool for tables and queues at its top: the highest range, as far as it is one chunk. */
final class BoardMemory implements MachineMemory {
    private final String machine;
    private final PhysicalMemory memory;
    private final FrameTable frames;

    /** @param directory as {@link Settings#memoryDirectory()}; a machine that names its file is asked first */
    BoardMemory(Machine machine, Optional<Path> directory) {
        this.machine = machine.name();
        List<MemoryRange> ram = machine.ram();
        this.memory = machine.memoryFile().or(() -> directory.map(in -> in.resolve(this.machine + ".memory")))
                .map(file -> new PhysicalMemory(ram, file))
                .orElseGet(() -> PhysicalMemory.temporary(ram));
        MemoryRange highest = ram.get(ram.size() - 1);
        long base = Math.max(highest.start(), highest.last() & -PhysicalMemory.CHUNK);
        this.frames = new FrameTable(memory, new TablePool(memory, base, highest.last() - base + 1));
    }

    @Override
    public String machine() {
        return machine;
    }

    @Override
    public PhysicalMemory memory() {
        return memory;
    }

    @Override
    public PageAllocator allocator(String owner, long quota) {
        return frames.allocator(owner, quota);
    }

    @Override
    public String ownerOf(long pa) {
        return frames.ownerOf(pa);
    }

    /** In bytes. */
    long poolLength() {
        return frames.pool().length();
    }
}
