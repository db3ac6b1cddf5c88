package org.iommu4j.vtd.entries;

import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.driver.memory.TableMemory;

/**
 * A change by one 128-bit store.
 *
 * @param pa of the changed words
 * @param low the former lower word
 * @param high the former upper word
 */
record StoredEntry(TableMemory memory, long pa, long low, long high, AttachMethod method) implements EntryChange {
    /** Makes the change. */
    static StoredEntry store(TableMemory memory, long pa, long low, long high, AttachMethod method) {
        StoredEntry change =
                new StoredEntry(memory, pa, memory.load(pa), memory.load(pa + Long.BYTES), method);
        memory.store128(pa, low, high);
        return change;
    }

    @Override
    public boolean replacesTable() {
        return false;
    }

    @Override
    public void settle() {
        // Nothing was replaced but the words.
    }

    @Override
    public void undo() {
        memory.store128(pa, low, high);
    }
}
