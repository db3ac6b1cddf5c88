/**
 * The page tables of the Arm architecture's 64-bit state (VMSAv8-64), as processors and SMMUs walk them: the layout of
 * descriptors, stage 1 and stage 2. Section numbers are those of the Arm Architecture Reference Manual for A-profile
 * (DDI 0487).
 */
package org.iommu4j.pagetable.arm;
