/**
 * The invalidation queue (section 6.5.2): a descriptor class for each kind of descriptor that the driver sends, and
 * {@link org.iommu4j.vtd.queues.InvalidationQueue}, by which any thread sends one and waits for it.
 */
package org.iommu4j.vtd.queues;
