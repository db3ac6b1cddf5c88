/** What was unmapped is out of reach when the call returns, whatever caches had kept. */
package org.iommu4j.tck.law.invalidation;
