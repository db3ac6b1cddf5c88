/** Devices go from domain to domain while they work. */
package org.iommu4j.tck.law.replace;
