/**
 * The device table and the GCR3 tables that its entries lead to: a descriptor class for each kind of entry (section 2.2
 * of the specification). The tables in memory are the only place that says which requester is in which domain.
 */
package org.iommu4j.amdvi.entries;
