/**
 * An Intel VT-d remapping unit at register level, written from the specification (revision 4); every class cites the
 * sections it follows. It shares nothing with the driver but memory, registers and interrupts.
 *
 * <p>The way of a request: {@code VtdRequester} &rarr; {@code ContextLookup} (root and context entry) &rarr;
 * {@code PasidLookup} (scalable mode) &rarr; IOTLB or {@code PagingWalk}, which reads the tables of either stage by its
 * {@code PagingFormat}; all fetch through {@code EntryFetch}. What refuses a request ends in {@code FaultRecording}.
 *
 * <p>The way of software: {@code VtdRegisters} &rarr; {@code Control} (GCMD), {@code InvalidationQueue} or
 * {@code RegisterInvalidation} &rarr; {@code Invalidator} &rarr; {@code TranslationCaches}.
 */
package org.iommu4j.hwsim.vtd;
