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
 * <p>Where the specification leaves open what hardware does with a mistake of software, this unit refuses or ignores
 * it, and the class says so.
 */
package org.iommu4j.hwsim.amdvi;
