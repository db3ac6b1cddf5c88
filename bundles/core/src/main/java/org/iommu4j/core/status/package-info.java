/** The state of all machines as read-only records. */
package org.iommu4j.core.status;
