/** The driver on units that can do different things: those of QEMU and of real machines, simulated. */
package org.iommu4j.system.capability;
