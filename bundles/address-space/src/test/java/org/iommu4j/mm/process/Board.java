package org.iommu4j.mm.process;

import java.util.List;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.TablePool;
import org.iommu4j.mm.page.PageStore;
import org.iommu4j.mm.page.SwapSpace;
import org.iommu4j.mm.table.Cpu;

/** Memory for tests, with the processes in it. */
final class Board implements AutoCloseable {
    static final int PAGE = 4096;

    /** The processors that tests run on. */
    enum Kind {
        X86_4(MachineMemory.X86_64, 4), X86_5(MachineMemory.X86_64, 5), AARCH64(MachineMemory.AARCH64, 4);

        private final String processor;
        private final int levels;

        Kind(String processor, int levels) {
            this.processor = processor;
            this.levels = levels;
        }
    }

    final PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(1L << 30, 64L << 20)));
    final FrameTable table = new FrameTable(memory, new TablePool(memory, 1L << 30, 64L << 20));
    final PageAllocator frames;
    final SwapSpace swap;
    final MachineProcesses processes;

    /** @param frames pages and tables of all processes; all limits in pages */
    Board(Kind kind, int frames, int resident, int swap) {
        this.frames = table.allocator("mm", (long) frames * PAGE);
        this.swap = new SwapSpace(swap);
        this.processes = new MachineProcesses("board", new PageStore(memory, this.frames, this.swap),
                Cpu.of(kind.processor, kind.levels, memory.ranges()), resident);
    }

    static Board large(Kind kind) {
        return new Board(kind, 10_000, 1_000, 1_000);
    }

    @Override
    public void close() {
        processes.close();
        memory.close();
    }
}
