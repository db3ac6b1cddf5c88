/**
 * What domains are on SMMUv3: the forms of page tables that units can walk, and a unit's ASIDs and VMIDs, by which its
 * caches tag translations.
 */
package org.iommu4j.smmuv3.domain;
