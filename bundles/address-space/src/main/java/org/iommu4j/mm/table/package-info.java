/** The page table of a process in its processor's format, and the processor that walks it. */
package org.iommu4j.mm.table;
