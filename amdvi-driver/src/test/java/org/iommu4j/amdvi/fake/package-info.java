/** A board and a unit just good enough to see what the driver does to them, in which order. */
package org.iommu4j.amdvi.fake;
