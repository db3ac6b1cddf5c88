package org.iommu4j.pagetable;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.TablePool;
import org.iommu4j.pagetable.vtdss.VtdSecondStage;

/** Memory, a pool that ends with it, and page tables in it. */
final class Board implements AutoCloseable {
    static final long K4 = 1L << 12;
    static final long M2 = 1L << 21;
    static final long G1 = 1L << 30;
    static final long SIZES = K4 | M2 | G1;
    /** Physical addresses of the mappings' targets are below this; they are never touched. */
    static final int OUTPUT_BITS = 46;

    private static final long MEMORY = 1L << 30;
    private static final long POOL = 32L << 20;

    final PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, MEMORY)));
    final TablePool pool = new TablePool(memory, MEMORY - POOL, POOL);
    final PageAllocator frames;

    Board() {
        this(POOL);
    }

    Board(long quota) {
        frames = new FrameTable(memory, pool).allocator("page table test", quota);
    }

    PageTable table(int levels, long pageSizes) {
        return table(new VtdSecondStage(levels, pageSizes, OUTPUT_BITS));
    }

    PageTable table(Format format) {
        return PageTable.create(format, memory, frames);
    }

    /** What a driver does once the invalidation is complete. */
    void sync(Gather gather) {
        sync(gather, 12);
    }

    /** @param tableLg2 log2 of the size of a table in bytes */
    void sync(Gather gather, int tableLg2) {
        for (int i = 0; i < gather.tableCount(); i++) {
            frames.free(gather.table(i), tableLg2);
        }
        gather.clear();
    }

    /** All that a table maps. */
    static List<Run> runs(PageTable table) {
        List<Run> runs = new ArrayList<>();
        table.enumerate((iova, pa, length, protection, pageSizeLg2) ->
                runs.add(new Run(iova, pa, length, protection, pageSizeLg2)));
        return runs;
    }

    /** The raw entries on the way to an IOVA, top first. */
    static List<Long> entries(PageTable table, long iova) {
        List<Long> entries = new ArrayList<>();
        table.walk(iova, (level, pa, entry) -> entries.add(entry));
        return entries;
    }

    @Override
    public void close() {
        memory.close();
    }

    record Run(long iova, long pa, long length, int protection, int pageSizeLg2) {
        @Override
        public String toString() {
            return String.format("%#x+%#x -> %#x %d 2^%d", iova, length, pa, protection, pageSizeLg2);
        }
    }
}
