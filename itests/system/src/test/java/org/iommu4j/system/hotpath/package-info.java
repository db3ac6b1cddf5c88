/** What one call costs beyond its time: from core through a driver into its hardware nothing is allocated. */
package org.iommu4j.system.hotpath;
