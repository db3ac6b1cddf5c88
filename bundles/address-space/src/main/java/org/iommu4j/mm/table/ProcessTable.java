package org.iommu4j.mm.table;

import org.iommu4j.api.Protection;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.CpuPageTable;
import org.iommu4j.mm.page.PageStore;
import org.iommu4j.pagetable.Format;
import org.iommu4j.pagetable.PageTable;

/**
 * One process's page table: single entries, each changed by compare-and-set, because processors and devices mark them
 * at any moment and no mark may get lost. Entries are of pages of 4 KiB. One thread at a time changes it; any number
 * {@link #translate} while nobody does.
 */
public final class ProcessTable {
    /** In place of a physical address: the processor faults. */
    public static final long FAULT = -1;

    private static final long EMPTY = 0;

    private final Cpu cpu;
    private final Format format;
    private final PhysicalMemory memory;
    private final PageAllocator frames;
    private final PageTable table;
    private final Gather gather = new Gather();

    /** @throws org.iommu4j.api.IommuException NO_MEMORY */
    public ProcessTable(Cpu cpu, PageStore store) {
        this.cpu = cpu;
        this.format = cpu.format();
        this.memory = store.memory();
        this.frames = store.frames();
        this.table = PageTable.create(format, memory, frames);
    }

    public CpuPageTable description() {
        return new CpuPageTable(cpu.kind(), table.root(), format.levels(), format.inputBits(), format.outputBits(),
                PageStore.PAGE);
    }

    /** Inclusive. */
    public long lastAddress() {
        return table.lastIova();
    }

    /** An entry for a page that has been used, and not been written. @param access {@link Access} bits, not 0 */
    public long entry(long pa, int access) {
        int protection = Protection.READ | Protection.CACHE
                | ((access & Access.WRITE) != 0 ? Protection.WRITE : 0)
                | ((access & Access.EXECUTE) != 0 ? 0 : Protection.NOEXEC);
        return format.cleaned(format.leaf(pa, format.attributes(0, protection)));
    }

    /** An entry marked as a use of it marks it. */
    public long touched(long entry, boolean write) {
        return format.touched(entry, write);
    }

    public boolean isPresent(long entry) {
        return (entry & format.presentBits()) != 0;
    }

    /** Whether an entry is there and allows an access, by its rights alone. */
    public boolean allows(long entry, int access) {
        int protection = format.protection(entry);
        return isPresent(entry)
                && ((access & Access.WRITE) == 0 || (protection & Protection.WRITE) != 0)
                && ((access & Access.EXECUTE) == 0 || (protection & Protection.NOEXEC) == 0);
    }

    /** Whether an entry that is there is marked as written. */
    public boolean isDirty(long entry) {
        return isPresent(entry) && format.isDirty(entry);
    }

    /** The entry of a page; 0 if there is none. */
    public long load(long address) {
        long at = table.findEntry(address);
        return at < 0 ? EMPTY : memory.loadAcquire64(at);
    }

    /** Links the tables for a page. @throws org.iommu4j.api.IommuException NO_MEMORY; some may be linked then */
    public void reach(long address) {
        table.reachEntry(address, gather);
    }

    /**
     * Puts an entry in place of what is there, tables linked on the way.
     *
     * @return what was there at that moment, marks included
     * @throws org.iommu4j.api.IommuException NO_MEMORY; the entry is as it was
     */
    public long set(long address, long entry) {
        return exchange(table.reachEntry(address, gather), entry);
    }

    /** Empties an entry. @return what was there at that moment, marks included */
    public long clear(long address) {
        long at = table.findEntry(address);
        return at < 0 ? EMPTY : exchange(at, EMPTY);
    }

    /** Clears the mark of use. @return whether it was set */
    public boolean age(long address) {
        long at = table.findEntry(address);
        while (at >= 0) {
            long entry = memory.loadAcquire64(at);
            if (!isPresent(entry) || !format.isAccessed(entry)) {
                return false;
            }
            if (memory.compareAndSet64(at, entry, format.aged(entry))) {
                return true;
            }
        }
        return false;
    }

    /**
     * What a processor does for an access: walks, and marks the entry.
     *
     * @return physical address, or {@link #FAULT}
     */
    public long translate(long address, int access) {
        long at = table.findEntry(address);
        while (at >= 0) {
            long entry = memory.loadAcquire64(at);
            if (!allows(entry, access)) {
                return FAULT;
            }
            long marked = format.touched(entry, (access & Access.WRITE) != 0);
            if (marked == entry || memory.compareAndSet64(at, entry, marked)) {
                return format.leafAddress(entry, 0) | address & PageStore.PAGE - 1;
            }
        }
        return FAULT;
    }

    /** Unlinks tables of a range that have become empty; {@link #freeTables} or {@link #loseTables} follows. */
    public void prune(long first, long last) {
        table.prune(first, last - first + 1, gather);
    }

    public boolean hasUnlinked() {
        return gather.tableCount() > 0;
    }

    /** First address that unlinked tables reached. */
    public long unlinkedFirst() {
        return gather.start();
    }

    /** Last address that unlinked tables reached, inclusive. */
    public long unlinkedLast() {
        return gather.last();
    }

    /** Frees the tables that were unlinked: nobody walks them any more. */
    public void freeTables() {
        for (int i = 0; i < gather.tableCount(); i++) {
            frames.free(gather.table(i), PageStore.PAGE_LG2);
        }
        gather.clear();
    }

    /** Never frees the tables that were unlinked. */
    public void loseTables() {
        gather.clear();
    }

    /** Frees all tables; nobody walks them any more. */
    public void free() {
        table.free();
    }

    /** Bytes of all tables that are linked. */
    public long bytes() {
        long[] count = {0};
        table.tables(pa -> count[0] += PageStore.PAGE);
        return count[0];
    }

    private long exchange(long at, long entry) {
        long found = memory.loadAcquire64(at);
        while (!memory.compareAndSet64(at, found, entry)) {
            found = memory.loadAcquire64(at);
        }
        return found;
    }
}
