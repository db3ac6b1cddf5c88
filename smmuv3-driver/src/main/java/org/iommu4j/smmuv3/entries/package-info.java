/**
 * Stream tables and context descriptor tables: a descriptor class for each kind of entry (chapter 5 of the
 * specification), {@link org.iommu4j.smmuv3.entries.StreamTable} and {@link org.iommu4j.smmuv3.entries.ContextTables}
 * for where entries lie, {@link org.iommu4j.smmuv3.entries.Streams} for what is said of a stream, and {@link
 * org.iommu4j.smmuv3.entries.EntryUpdate} for changing an entry of many words that hardware may read at any time, 64
 * bits at a time. The tables in memory are the only place that says which stream is in which domain.
 */
package org.iommu4j.smmuv3.entries;
