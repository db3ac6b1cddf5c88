/** The page-table algorithm, independent of the format; one sub-package per format. */
package org.iommu4j.pagetable;
