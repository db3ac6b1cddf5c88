/**
 * An AMD IOMMU at register level, written from the specification ("AMD I/O Virtualization Technology (IOMMU)
 * Specification", publication 48882, revision 3); every class cites the sections it follows. It shares nothing with the
 * driver but memory, registers and interrupts.
 *
 * <p>The way of a request: {@code AmdRequester} &rarr; {@code DeviceTable} (device table entry) &rarr; where the entry
 * says so, {@code GuestPointers} (PASID to CR3) and {@code GuestWalk} &rarr; {@code HostWalk}; all fetch through
 * {@code EntryFetch}. What refuses a request ends in {@code EventLog}.
 *
 * <p>The way of software: {@code AmdRegisters} &rarr; {@code Control} and {@code CommandBuffer} &rarr;
 * {@code TranslationCaches}; back by {@code EventLog}, {@code Status} and the interrupt of the unit's own PCI function
 * ({@code AmdFunction}).
 *
 * <p>Section numbers differ between the specification's revisions; names of registers, fields, commands and events do
 * not. Where the specification leaves open what hardware does with a mistake of software, this unit refuses it or
 * ignores it: a base written while its buffer runs is ignored, a request with a PASID of a device without guest
 * translation is a page fault, so is an interrupt that IntCtl does not forward.
 */
package org.iommu4j.hwsim.amdvi;
