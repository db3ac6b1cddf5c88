/**
 * The same random calls and transfers on the model and on QEMU at once, with the same driver: {@link
 * org.iommu4j.system.differential.Run} takes the steps, {@link org.iommu4j.system.differential.Side} is one machine,
 * {@link org.iommu4j.system.differential.Ledger} what has to be true of both. What QEMU is declared to do otherwise is
 * read from the kit's table of its deviations.
 */
package org.iommu4j.system.differential;
