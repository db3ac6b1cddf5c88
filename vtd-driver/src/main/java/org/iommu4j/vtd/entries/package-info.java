/**
 * Root, context and PASID tables: a descriptor class for each kind of entry (chapter 9 of the specification), and the
 * two ways in which the tables hang together, {@link org.iommu4j.vtd.entries.LegacyTables} and {@link
 * org.iommu4j.vtd.entries.ScalableTables}. The tables in memory are the only place that says which requester is in
 * which domain.
 */
package org.iommu4j.vtd.entries;
