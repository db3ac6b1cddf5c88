package org.iommu4j.amdvi.entries;

import java.util.List;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.driver.memory.TableMemory;

/**
 * A change of a requester's entry by one 128-bit store that hardware may see already, and the old entry too, until
 * caches are invalidated. Then it is settled; if the invalidation fails, it is undone.
 *
 * @param pa of the entry
 * @param low former word 0
 * @param high former word 1
 * @param replaced frames of the GCR3 table that the former entry led to
 * @param method how it was made
 */
public record EntryChange(TableMemory memory, long pa, long low, long high, List<Long> replaced, AttachMethod method) {
    public EntryChange {
        replaced = List.copyOf(replaced);
    }

    /** Caches are invalidated, and nobody reads what was replaced: it is freed. */
    public void settle() {
        replaced.forEach(memory::free);
    }

    /** Puts the old entry back. What hardware may have read of the new one is not freed. */
    public void undo() {
        memory.store128(pa, low, high);
    }
}
