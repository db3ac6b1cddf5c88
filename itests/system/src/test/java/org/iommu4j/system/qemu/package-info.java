/** The driver on machines that QEMU plays. Skipped, with the way to get it, where there is no QEMU. */
package org.iommu4j.system.qemu;
