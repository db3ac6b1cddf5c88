package org.iommu4j.vtd.entries;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.memory.TableMemory;

/**
 * Scalable mode: a root table with two pointers a bus, context tables for 128 requesters each, and for each requester a
 * PASID directory and one PASID table. What changes is the entry of the PASID that stands for requests without one: by
 * one 128-bit store where that is enough, else by a changed copy of its table.
 */
public final class ScalableTables implements RequesterTables {
    /** Words of the root table; each leads to one context table. */
    private static final int HALVES = 512;
    private static final int REQUESTERS_OF_HALF = 128;
    private static final int HALF_LG2 = 7;
    private static final long PASID_OFFSET = (long) ScalableContextEntry.REQUESTS_WITHOUT_PASID * PasidEntry.BYTES;

    private final TableMemory memory;
    private final long root;
    private final boolean walksSnoop;

    /**
     * @param root physical address of the root table
     * @param walksSnoop true if walks of page tables shall snoop processor caches, where that can be chosen
     */
    public ScalableTables(TableMemory memory, long root, boolean walksSnoop) {
        this.memory = memory;
        this.root = root;
        this.walksSnoop = walksSnoop;
    }

    @Override
    public long root() {
        return root;
    }

    @Override
    public boolean scalable() {
        return true;
    }

    @Override
    public Translation read(int requester) {
        long table = pasidTable(directory(requester));
        if (table == 0) {
            return Translation.BLOCKED;
        }
        long entry = table + PASID_OFFSET;
        return PasidEntry.decode(memory.load(entry), memory.load(entry + Long.BYTES),
                memory.load(entry + PasidEntry.FIRST_STAGE_BYTES));
    }

    @Override
    public EntryChange change(int requester, Translation now) {
        AttachMethod inPlace = read(requester).isBlocked() ? AttachMethod.FRESH : AttachMethod.ENTRY_UPDATE;
        long directory = directory(requester);
        long table = pasidTable(directory);
        if (table == 0) {
            return linkNew(requester, now);
        }
        long entry = table + PASID_OFFSET;
        if (now.kind() != Translation.Kind.FIRST_STAGE
                || memory.load(entry + PasidEntry.FIRST_STAGE_BYTES) == PasidEntry.firstStage(now)) {
            return StoredEntry.store(memory, entry, PasidEntry.low(now), PasidEntry.high(now, walksSnoop), inPlace);
        }
        return swing(directory, table, now, inPlace == AttachMethod.FRESH ? inPlace : AttachMethod.TABLE_SWING);
    }

    /** Directory and table are linked with the entry in them. */
    private EntryChange linkNew(int requester, Translation now) {
        int half = requester >>> HALF_LG2;
        if (contextTable(half) == 0) {
            memory.publish(rootWord(half), ScalableRootEntry.word(memory.newFrame()));
        }
        long directory = memory.newFrame();
        try {
            long table = memory.newFrame();
            fill(table + PASID_OFFSET, now);
            memory.publish(directory, PasidDirectoryEntry.of(table));
            long context = contextEntry(contextTable(half), requester);
            memory.store128(context, ScalableContextEntry.low(directory), ScalableContextEntry.high());
            return new StoredEntry(memory, table + PASID_OFFSET, 0, 0, AttachMethod.FRESH);
        } catch (RuntimeException e) {
            memory.free(directory);
            throw e;
        }
    }

    /** The first stage needs two 128-bit stores: hardware that fetched between them would mix two translations. */
    private EntryChange swing(long directory, long table, Translation now, AttachMethod method) {
        long copy = memory.copyOf(table);
        fill(copy + PASID_OFFSET, now);
        SwungTable change = new SwungTable(memory, directory, memory.load(directory), table, method);
        memory.publish(directory, PasidDirectoryEntry.of(copy));
        return change;
    }

    /** Writes an entry of a table that hardware does not know yet. */
    private void fill(long entry, Translation now) {
        if (now.kind() == Translation.Kind.FIRST_STAGE) {
            memory.store128(entry + PasidEntry.FIRST_STAGE_BYTES, PasidEntry.firstStage(now), 0);
        }
        memory.store128(entry, PasidEntry.low(now), PasidEntry.high(now, walksSnoop));
    }

    @Override
    public void forEachPresent(BiConsumer<Integer, Translation> visitor) {
        for (int half = 0; half < HALVES; half++) {
            if (contextTable(half) != 0) {
                for (int i = 0; i < REQUESTERS_OF_HALF; i++) {
                    int requester = half << HALF_LG2 | i;
                    Translation translation = read(requester);
                    if (!translation.isBlocked()) {
                        visitor.accept(requester, translation);
                    }
                }
            }
        }
    }

    @Override
    public void walk(int requester, List<WalkStep> steps) {
        int half = requester >>> HALF_LG2;
        long rootEntry = rootWord(half) & -ScalableRootEntry.BYTES;
        steps.add(memory.step(ScalableRootEntry.LAYOUT, ScalableRootEntry.LAYOUT.name(), rootEntry));
        long contexts = contextTable(half);
        if (contexts == 0) {
            return;
        }
        long entry = contextEntry(contexts, requester);
        steps.add(memory.step(ScalableContextEntry.LAYOUT, ScalableContextEntry.LAYOUT.name(), entry));
        long directory = directory(requester);
        if (directory == 0) {
            return;
        }
        steps.add(memory.step(PasidDirectoryEntry.LAYOUT, PasidDirectoryEntry.LAYOUT.name(), directory));
        long table = pasidTable(directory);
        if (table != 0) {
            steps.add(memory.step(PasidEntry.LAYOUT, PasidEntry.LAYOUT.name(), table + PASID_OFFSET));
        }
    }

    @Override
    public void unlink() {
        memory.zero(root);
    }

    @Override
    public List<Long> frames() {
        List<Long> frames = new ArrayList<>();
        for (int half = 0; half < HALVES; half++) {
            long contexts = contextTable(half);
            if (contexts != 0) {
                frames.add(contexts);
                for (int i = 0; i < REQUESTERS_OF_HALF; i++) {
                    long directory = directory(half << HALF_LG2 | i);
                    if (directory != 0) {
                        frames.add(directory);
                        addPasidTable(directory, frames);
                    }
                }
            }
        }
        return frames;
    }

    private void addPasidTable(long directory, List<Long> frames) {
        long table = pasidTable(directory);
        if (table != 0) {
            frames.add(table);
        }
    }

    private long rootWord(int half) {
        return root + (long) half * Long.BYTES;
    }

    private long contextTable(int half) {
        return memory.table(rootWord(half), ScalableRootEntry.LP, ScalableRootEntry.LCTP);
    }

    private static long contextEntry(long contextTable, int requester) {
        return contextTable + (long) (requester & REQUESTERS_OF_HALF - 1) * ScalableContextEntry.BYTES;
    }

    private long directory(int requester) {
        long contexts = contextTable(requester >>> HALF_LG2);
        return contexts == 0 ? 0 : memory.table(contextEntry(contexts, requester), ScalableContextEntry.P,
                ScalableContextEntry.PASIDDIRPTR);
    }

    private long pasidTable(long directory) {
        return directory == 0
                ? 0 : memory.table(directory, PasidDirectoryEntry.P, PasidDirectoryEntry.SMPTBLPTR);
    }
}
