package org.iommu4j.vtd.entries;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.memory.TableMemory;

/** Legacy mode: a root table with an entry a bus, and a context table with an entry a requester for each bus used. */
public final class LegacyTables implements RequesterTables {
    private static final int BUSES = 256;
    private static final int REQUESTERS_OF_BUS = 256;

    private final TableMemory memory;
    private final long root;

    /** @param root physical address of the root table */
    public LegacyTables(TableMemory memory, long root) {
        this.memory = memory;
        this.root = root;
    }

    @Override
    public long root() {
        return root;
    }

    @Override
    public boolean scalable() {
        return false;
    }

    @Override
    public Translation read(int requester) {
        long table = contextTable(requester >>> Byte.SIZE);
        if (table == 0) {
            return Translation.BLOCKED;
        }
        long entry = entry(table, requester);
        return ContextEntry.decode(memory.load(entry), memory.load(entry + Long.BYTES));
    }

    @Override
    public EntryChange change(int requester, Translation now) {
        AttachMethod method = read(requester).isBlocked() ? AttachMethod.FRESH : AttachMethod.ENTRY_UPDATE;
        int bus = requester >>> Byte.SIZE;
        if (contextTable(bus) == 0) {
            memory.store128(rootEntry(bus), RootEntry.low(memory.newFrame()), 0);
        }
        return StoredEntry.store(memory, entry(contextTable(bus), requester), ContextEntry.low(now),
                ContextEntry.high(now), method);
    }

    @Override
    public void forEachPresent(BiConsumer<Integer, Translation> visitor) {
        for (int bus = 0; bus < BUSES; bus++) {
            if (contextTable(bus) != 0) {
                for (int function = 0; function < REQUESTERS_OF_BUS; function++) {
                    int requester = bus << Byte.SIZE | function;
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
        int bus = requester >>> Byte.SIZE;
        steps.add(memory.step(RootEntry.LAYOUT, RootEntry.LAYOUT.name(), rootEntry(bus)));
        long table = contextTable(bus);
        if (table != 0) {
            steps.add(memory.step(ContextEntry.LAYOUT, ContextEntry.LAYOUT.name(), entry(table, requester)));
        }
    }

    @Override
    public void unlink() {
        for (int bus = 0; bus < BUSES; bus++) {
            memory.store128(rootEntry(bus), 0, 0);
        }
    }

    @Override
    public List<Long> frames() {
        List<Long> frames = new ArrayList<>();
        for (int bus = 0; bus < BUSES; bus++) {
            long table = contextTable(bus);
            if (table != 0) {
                frames.add(table);
            }
        }
        return frames;
    }

    private long rootEntry(int bus) {
        return root + (long) bus * RootEntry.BYTES;
    }

    private long contextTable(int bus) {
        return memory.table(rootEntry(bus), RootEntry.P, RootEntry.CTP);
    }

    private static long entry(long contextTable, int requester) {
        return contextTable + (long) (requester & REQUESTERS_OF_BUS - 1) * ContextEntry.BYTES;
    }
}
