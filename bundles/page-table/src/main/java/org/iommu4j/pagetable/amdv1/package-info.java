/** AMD's host (v1) page tables: the layout of an entry, and the format built on it. */
package org.iommu4j.pagetable.amdv1;
