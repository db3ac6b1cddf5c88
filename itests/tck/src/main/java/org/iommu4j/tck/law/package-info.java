/** The laws of a driver, a room for each part of its duties; {@link org.iommu4j.tck.law.Laws} lists them. */
package org.iommu4j.tck.law;
