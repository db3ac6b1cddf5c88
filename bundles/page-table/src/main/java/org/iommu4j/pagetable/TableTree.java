package org.iommu4j.pagetable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.TablePool;

/**
 * The tree of tables as it lies in memory: where an entry is, how it is read and written, and which generation of the
 * tree this is. All tables lie in the allocator's pool, which is one buffer, so a slot is an index in
 * that buffer, and a table the index of its first slot; going down a level is a subtraction and a compare, not a
 * look-up of memory.
 */
final class TableTree {
    /** From a slot to the next: the size of an entry in bytes. */
    static final int ENTRY = 1 << Format.ENTRY_LG2;
    /** In the place of a table: there is none. */
    static final int ABSENT = -1;
    /** In the place of a table: a page that is larger than the table's reach. */
    static final int LEAF = -2;

    private static final VarHandle WORD =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    final Format format;
    final PageAllocator frames;
    final long root;
    final int top;
    private final ByteBuffer memory;
    private final long poolBase;
    private final long poolLength;
    /** Physical address of the buffer's first byte. */
    private final long bufferBase;
    private final int rootTable;
    private final int granuleLg2;
    private final int indexLg2;
    /** The bits of a slot that an IOVA gives. */
    private final int indexMask;
    /** The same for the root, which may be several tables one after the other. */
    private final int rootMask;
    private final long presentBits;
    private final long pageSizes;
    private volatile long generation = Gather.newStamp();
    /** The tree that this one was grown from, or null. */
    final TableTree smaller;
    /** The tree that was grown from this one, or null. */
    private volatile TableTree larger;

    TableTree(Format format, PageAllocator frames, long root) {
        this(format, frames, root, null);
    }

    private TableTree(Format format, PageAllocator frames, long root, TableTree smaller) {
        TablePool pool = frames.pool();
        this.format = format;
        this.frames = frames;
        this.root = root;
        this.smaller = smaller;
        this.top = format.levels() - 1;
        this.memory = pool.memory();
        this.poolBase = pool.base();
        this.poolLength = pool.length();
        this.bufferBase = poolBase - pool.index(poolBase);
        this.granuleLg2 = format.granuleLg2();
        this.indexLg2 = format.indexLg2();
        this.indexMask = (1 << granuleLg2) - ENTRY;
        this.rootMask = (1 << format.rootLg2()) - ENTRY;
        this.presentBits = format.presentBits();
        this.pageSizes = format.pageSizes();
        this.rootTable = table(root & -1L << format.rootLg2());
        if (address(rootTable) != root) {
            throw IommuException.of(Reason.BAD_INPUT, "page table %#x: the root is no multiple of %#x", root,
                    1L << format.rootLg2());
        }
    }

    /**
     * Names this state of the tree, and no other state of any tree: it changes after a table was unlinked and before
     * that table can be freed. Read it before a walk, and what the walk found holds while it stays.
     */
    long generation() {
        return generation;
    }

    /**
     * Begins a new generation; the caller has just unlinked a table. Trees that were grown from one another share their
     * tables, and callers that began in the smaller one end in it.
     */
    void nextGeneration() {
        for (TableTree tree = this; tree != null; tree = tree.larger) {
            tree.generation = Gather.newStamp();
        }
        for (TableTree tree = smaller; tree != null; tree = tree.smaller) {
            tree.generation = Gather.newStamp();
        }
    }

    /** The tree of a root that leads to this one's. */
    TableTree grown(Format wider, long top) {
        TableTree grown = new TableTree(wider, frames, top, this);
        larger = grown;
        // Whoever unlinked a table and did not see the larger tree yet stored its generation before this reads it.
        if (generation != 0) {
            grown.generation = Gather.newStamp();
        }
        return grown;
    }

    /** Forgets the tree that was grown from this one; nobody has seen it. */
    void notGrown() {
        larger = null;
    }

    /** The top table. */
    int rootTable() {
        return rootTable;
    }

    int shift(int level) {
        return granuleLg2 + level * indexLg2;
    }

    /** Bytes that an entry of a level reaches, less one. */
    long mask(int level) {
        return (1L << shift(level)) - 1;
    }

    /** Bit n set: pages of 2^n bytes are allowed. */
    long pageSizes() {
        return pageSizes;
    }

    /** Whether pages as large as an entry's reach are allowed. */
    boolean hasPages(int level) {
        return (pageSizes >>> shift(level) & 1) != 0;
    }

    /** The slot of an IOVA in a table of level 0. No format has its root there. */
    int leafSlot(int table, long iova) {
        return table + ((int) (iova >>> granuleLg2 - Format.ENTRY_LG2) & indexMask);
    }

    int slot(int table, long iova, int level) {
        int mask = level == top ? rootMask : indexMask;
        return table + ((int) (iova >>> shift(level) - Format.ENTRY_LG2) & mask);
    }

    /** Bytes of the empty slots from one on, up to a number of slots. */
    int emptySlots(int slot, int count) {
        int at = slot;
        int end = slot + count * ENTRY;
        while (at < end && !isPresent(loadAcquire(at))) {
            at += ENTRY;
        }
        return at - slot;
    }

    /** Behind the last slot of a table. */
    int end(int table, int level) {
        return table + (level == top ? rootMask : indexMask) + ENTRY;
    }

    /** Bytes of IOVA that a run of slots of level 0 maps. */
    long reach(int slots) {
        return (long) slots << granuleLg2 - Format.ENTRY_LG2;
    }

    boolean isPresent(long entry) {
        return (entry & presentBits) != 0;
    }

    /** Negative if an entry is empty, else not: several can be told with one branch. */
    long signOfHole(long entry) {
        return (entry & presentBits) - 1;
    }

    /** The table that an entry links. */
    int child(long entry) {
        return table(format.linked(entry));
    }

    /** The table at a physical address. @throws IommuException BAD_INPUT if the pool has no table there */
    int table(long pa) {
        int table = tableOrAbsent(pa);
        if (table == ABSENT) {
            throw IommuException.of(Reason.BAD_INPUT, "page table %#x: a table at %#x, but the pool is %#x + %#x", root,
                    pa, poolBase, poolLength);
        }
        return table;
    }

    /** The table at a physical address, a multiple of a table's size, or {@link #ABSENT} outside the pool. */
    int tableOrAbsent(long pa) {
        return Long.compareUnsigned(pa - poolBase, poolLength) < 0 ? (int) (pa - bufferBase) : ABSENT;
    }

    /** Physical address of a slot, or of a table. */
    long address(int slot) {
        return bufferBase + slot;
    }

    /** For entries of the caller's own range. */
    long load(int slot) {
        return (long) WORD.get(memory, slot);
    }

    /** For entries that other threads link or unlink tables in. */
    long loadAcquire(int slot) {
        return (long) WORD.getAcquire(memory, slot);
    }

    /** For entries of the caller's own range; a fence follows, or the next generation. */
    void store(int slot, long entry) {
        WORD.set(memory, slot, entry);
    }

    /** Publishes a link if the slot still holds what was read. @return what the slot held */
    long exchange(int slot, long expected, long entry) {
        return (long) WORD.compareAndExchange(memory, slot, expected, entry);
    }

    /**
     * The level at which a walk over a range starts: no table below holds the whole range, or an entry for all of it.
     */
    int startLevel(long first, long last) {
        long span = (first ^ last) + 1;
        int level = 0;
        while (level < top && span >>> shift(level + 1) != 0) {
            level++;
        }
        return level;
    }

    /** The table of a level on the way to an IOVA, or {@link #ABSENT}, or {@link #LEAF} if a page is there instead. */
    int find(long iova, int level) {
        int table = rootTable;
        for (int at = top; at > level; at--) {
            long entry = loadAcquire(slot(table, iova, at));
            if (!isPresent(entry)) {
                return ABSENT;
            }
            if (format.isLeaf(entry, at)) {
                return LEAF;
            }
            table = child(entry);
        }
        return table;
    }
}
