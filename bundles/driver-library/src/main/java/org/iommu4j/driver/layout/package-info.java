/** How the layouts of registers, table entries and descriptors are written down: fields of 64-bit words. */
package org.iommu4j.driver.layout;
