/**
 * The page-table algorithm, independent of the format; one sub-package per format. A library: each bundle that uses it
 * carries a private copy, because HotSpot specialises a class, not a use of it.
 *
 * <p><b>Words.</b> A <i>table</i> is one frame of <i>entries</i>; an entry is empty, a <i>leaf</i> that maps a page, or
 * a link to a table one <i>level</i> below. Level 0 is the one that has leaves only. A <i>slot</i> is the place of an
 * entry. Ranges are given by their first and their <i>last</i> address, inclusive, so that nothing overflows at the top
 * of the address space; sizes end in {@code Lg2}.
 *
 * <p><b>Where to read on.</b> {@link org.iommu4j.pagetable.PageTable} is the whole of it seen from outside,
 * {@link org.iommu4j.pagetable.Format} what a format adds. Inside, {@code TableTree} is the tree in memory;
 * {@code RangeMap}, {@code RangeUnmap}, {@code Lookup}, {@code Enumeration}, {@code DirtyScan}, {@code Prune} and
 * {@code Release} are one walk each; {@code ContiguousPages} lays pages that several leaves make; {@code Growth} puts
 * new roots above a tree; {@code LeafCache} lets a thread's next walk start where its last one ended.
 *
 * <p><b>Threads.</b> Callers own disjoint ranges of IOVAs and need no lock. Tables are shared by ranges, so linking one
 * is a compare-and-set of an empty slot; a table is unlinked only by a caller whose range covers all of it. Leaves have
 * one writer, and are stored plainly. Look-ups race with all of this.
 */
package org.iommu4j.pagetable;
