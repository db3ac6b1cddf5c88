/**
 * The vocabulary of iommu4j and the services that clients bind.
 *
 * <h2>Glossary</h2>
 * The words are those of the PCI Express and IOMMU specifications and of Linux's IOMMU subsystem.
 * <dl>
 * <dt>IOVA</dt><dd>the address a device puts on the bus; a 64-bit value, compared unsigned</dd>
 * <dt>PA</dt><dd>physical address: what an IOVA is translated to</dd>
 * <dt>RID</dt><dd>requester id, 16 bits: bus, device, function of the sender as the IOMMU sees it</dd>
 * <dt>PASID</dt><dd>process address space id, up to 20 bits; requests may carry one</dd>
 * <dt>machine</dt><dd>the hardware that lives behind one {@link org.iommu4j.api.machine.Machine}</dd>
 * <dt>unit</dt><dd>one physical IOMMU: a register file that serves a set of requesters</dd>
 * <dt>group</dt><dd>the smallest set of devices that can be told apart by the units and the bus; all of it is in
 * one domain</dd>
 * <dt>domain</dt><dd>one translation: blocked, identity, or a page table</dd>
 * <dt>attach, detach, replace</dt><dd>make a domain the translation of a group; give the group back to its default
 * domain; change from one domain to another with no instant in which neither is in force</dd>
 * <dt>last</dt><dd>the inclusive end of a range; {@code end} would be exclusive and is never used, because the end
 * of a 64-bit space does not fit into 64 bits</dd>
 * <dt>{@code ...Lg2}</dt><dd>the base-2 logarithm of a size in bytes</dd>
 * </dl>
 *
 * Clients hold handles ({@link org.iommu4j.api.Domain}, {@link org.iommu4j.api.Device}) that stay valid while
 * drivers and machine models are swapped beneath them. Control operations throw
 * {@link org.iommu4j.api.IommuException}; after any failure the state is the one before the call.
 */
@Export
@Version("1.0.0")
package org.iommu4j.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
