/** Domains beside each other, the blocked and the identity domain, reserved regions, dirty tracking. */
package org.iommu4j.tck.law.domain;
