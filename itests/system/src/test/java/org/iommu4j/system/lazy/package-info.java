/** Lazy unmapping on the whole stack: what the window between an unmap and its flush may and may not let through. */
package org.iommu4j.system.lazy;
