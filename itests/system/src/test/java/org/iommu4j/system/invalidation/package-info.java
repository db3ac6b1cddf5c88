/**
 * What devices may never see once a call has returned, as laws that the real driver keeps, and for each invalidation a
 * driver that leaves it out and breaks one of them.
 */
package org.iommu4j.system.invalidation;
