/**
 * What domains are on VT-d: the forms of page tables that units can walk, and a unit's domain ids, by which its caches
 * tag translations.
 */
package org.iommu4j.vtd.domain;
