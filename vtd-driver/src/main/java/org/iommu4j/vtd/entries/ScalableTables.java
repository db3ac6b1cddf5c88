package org.iommu4j.vtd.entries;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.iommu4j.api.status.WalkStep;

/**
 * Scalable mode: a root table with two pointers a bus, context tables for 128 requesters each, and for each requester a
 * PASID directory and one PASID table. They are made once; what changes is the entry of the PASID that stands for
 * requests without one.
 */
public final class ScalableTables implements RequesterTables {
    /** Words of the root table; each leads to one context table. */
    private static final int HALVES = 512;
    private static final int REQUESTERS_OF_HALF = 128;
    private static final int HALF_LG2 = 7;
    private static final long PASID_OFFSET = (long) ScalableContextEntry.REQUESTS_WITHOUT_PASID * PasidEntry.BYTES;

    private final TableMemory memory;
    private final long root;

    /** @param root physical address of the root table */
    public ScalableTables(TableMemory memory, long root) {
        this.memory = memory;
        this.root = root;
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
        return PasidEntry.decode(memory.load(entry), memory.load(entry + Long.BYTES));
    }

    @Override
    public void prepare(int requester) {
        int half = requester >>> HALF_LG2;
        if (contextTable(half) == 0) {
            memory.publish(rootWord(half), ScalableRootEntry.word(memory.newFrame()));
        }
        if (directory(requester) == 0) {
            long directory = memory.newFrame();
            try {
                memory.publish(directory, PasidDirectoryEntry.of(memory.newFrame()));
            } catch (RuntimeException e) {
                memory.free(directory);
                throw e;
            }
            long entry = contextEntry(contextTable(half), requester);
            memory.store128(entry, ScalableContextEntry.low(directory), ScalableContextEntry.high());
        }
    }

    @Override
    public void write(int requester, Translation translation) {
        long entry = pasidTable(directory(requester)) + PASID_OFFSET;
        memory.store128(entry, PasidEntry.low(translation), PasidEntry.high(translation));
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
