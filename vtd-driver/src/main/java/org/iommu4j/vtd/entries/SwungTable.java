package org.iommu4j.vtd.entries;

import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.driver.memory.TableMemory;

/**
 * A change of an entry that no single store can make: the table that holds it was copied, the copy changed, and the
 * pointer to it swung by one 64-bit store. Hardware walks one table or the other, and both are whole.
 *
 * @param pointer physical address of the word that leads to the table
 * @param word its former value
 * @param table the former table
 */
record SwungTable(TableMemory memory, long pointer, long word, long table, AttachMethod method)
        implements EntryChange {
    @Override
    public boolean replacesTable() {
        return true;
    }

    @Override
    public void settle() {
        memory.free(table);
    }

    @Override
    public void undo() {
        memory.publish(pointer, word);
    }
}
