/** The Intel VT-d driver. */
package org.iommu4j.vtd;
