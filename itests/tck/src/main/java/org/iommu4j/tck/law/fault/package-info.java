/** What is not allowed is refused and reported, with the right device, address and reason. */
package org.iommu4j.tck.law.fault;
