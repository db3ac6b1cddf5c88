/**
 * Memory that devices share with processes: a process submits plain virtual addresses, and a unit walks the processor's
 * own page table.
 *
 * <p>{@link org.iommu4j.api.sva.Processes} has the processes of a machine; a {@link org.iommu4j.api.sva.UserProcess} is
 * one of them as its own software sees it, and the {@link org.iommu4j.api.sva.AddressSpace} that it is as well is the
 * same memory as hardware sees it: where the table is, how a missing page is asked for, and who is told
 * ({@link org.iommu4j.api.sva.AddressSpaceNotifier}) before a page is used for something else.
 */
@Export
@Version("1.0.0")
package org.iommu4j.api.sva;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
