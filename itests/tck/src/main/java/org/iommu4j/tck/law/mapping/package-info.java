/** What maps, unmaps and translations say, before any device takes part. */
package org.iommu4j.tck.law.mapping;
