/**
 * The page tables of x86 processors, which VT-d's first stage and AMD's guest (v2) tables share: the layout of an
 * entry, and the format built on it.
 */
package org.iommu4j.pagetable.x86;
