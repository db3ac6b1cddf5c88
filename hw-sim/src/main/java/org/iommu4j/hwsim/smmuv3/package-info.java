/**
 * An Arm SMMUv3 at register level, written from the architecture specification (Arm IHI 0070) and, for the tables,
 * from VMSAv8-64 (Arm DDI 0487, chapter D8); every class cites the sections it follows. It shares nothing with the
 * driver but memory, registers and interrupts.
 *
 * <p>The way of a transaction: {@code SmmuRequester} &rarr; {@code StreamLookup} (stream table entry) &rarr; {@code
 * ContextLookup} (context descriptor) &rarr; IOTLB or {@code NestedWalk}, which walks one stage or one within the
 * other by {@code TableWalk}; all fetch through {@code TableFetch}. What refuses a transaction is a {@code Fault} and
 * becomes a record of {@code EventQueue}; if the stream says so it waits in {@code Stalls}.
 *
 * <p>The way of software: {@code SmmuRegisters} &rarr; {@code Control}, {@code GlobalErrors}, or {@code CommandQueue}
 * &rarr; {@code CommandExecution} &rarr; {@code SmmuCaches}.
 */
package org.iommu4j.hwsim.smmuv3;
