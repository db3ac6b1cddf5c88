/** The areas of a process: which addresses exist, and what they allow. Plain sets of ranges, without pages or locks. */
package org.iommu4j.mm.area;
