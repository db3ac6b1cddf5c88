package org.iommu4j.amdvi.entries;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;
import org.iommu4j.driver.memory.TableMemory;

/**
 * The table of guest page tables by PASID, 1 to 3 levels of 512 entries (section 2.2.6.3). Requests without PASID use
 * entry 0 (DTE.GIoV).
 * <pre>
 *  63  52 51                                12 11           1   0
 * +------+------------------------------------+---------------+---+
 * |  0   |                ADDR                |       0       | V |
 * +------+------------------------------------+---------------+---+
 * </pre>
 *
 * @param root physical address of the top table
 */
record Gcr3Table(TableMemory memory, long root, int levels) {
    private static final Field V = Field.bit("V", 0, 0);
    private static final Field ADDRESS = Field.address("ADDR", 0, 51, 12);
    private static final Layout LAYOUT = Layout.of("GCR3 entry", 1, V, ADDRESS);
    private static final int INDEX_BITS = 9;
    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;

    /** A table that hardware does not know yet, with one page table, for one PASID. @throws IommuException NO_MEMORY */
    static Gcr3Table of(TableMemory memory, int levels, int pasid, long pageTable) {
        List<Long> frames = new ArrayList<>();
        try {
            long below = pageTable;
            for (int level = 0; level < levels; level++) {
                long table = memory.newFrame();
                frames.add(table);
                memory.publish(slot(table, pasid, level), ADDRESS.with(below) | V.mask());
                below = table;
            }
            return new Gcr3Table(memory, below, levels);
        } catch (RuntimeException e) {
            frames.forEach(memory::free);
            throw e;
        }
    }

    /** The page table of a PASID, or 0. @throws org.iommu4j.api.IommuException BAD_INPUT if a table is no frame */
    long pageTable(int pasid) {
        long table = root;
        for (int level = levels - 1; level >= 0 && table != 0; level--) {
            table = memory.table(slot(table, pasid, level), V, ADDRESS);
        }
        return table;
    }

    /** Adds each entry on the way to the page table of a PASID. */
    void walk(int pasid, List<WalkStep> steps) {
        long table = root;
        for (int level = levels - 1; level >= 0 && table != 0; level--) {
            long slot = slot(table, pasid, level);
            steps.add(memory.step(LAYOUT, LAYOUT.name(), slot));
            table = memory.table(slot, V, ADDRESS);
        }
    }

    /** Every frame of the table. */
    List<Long> frames() {
        List<Long> frames = new ArrayList<>();
        collect(root, levels - 1, frames);
        return frames;
    }

    private void collect(long table, int level, List<Long> frames) {
        frames.add(table);
        for (int i = 0; level > 0 && i <= INDEX_MASK; i++) {
            long below = memory.table(table + (long) i * Long.BYTES, V, ADDRESS);
            if (below != 0) {
                collect(below, level - 1, frames);
            }
        }
    }

    private static long slot(long table, int pasid, int level) {
        return table + (long) (pasid >>> level * INDEX_BITS & INDEX_MASK) * Long.BYTES;
    }
}
