/** Domains beside each other, the blocked domain, reserved regions, dirty tracking. */
package org.iommu4j.tck.law.domain;
