/**
 * What this architecture adds to domains: the forms of their page tables, and one unit's device table with its caches
 * as domains use them, {@link org.iommu4j.amdvi.domain.UnitEntries}.
 */
package org.iommu4j.amdvi.domain;
