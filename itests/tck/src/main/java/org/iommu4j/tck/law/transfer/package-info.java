/** Devices reach what is mapped: all page sizes, levels and ends of the table. */
package org.iommu4j.tck.law.transfer;
