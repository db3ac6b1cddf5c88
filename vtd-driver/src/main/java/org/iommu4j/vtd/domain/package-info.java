/**
 * Translations as core holds them: blocked, identity, and {@link org.iommu4j.vtd.domain.PagingDomain} with its page
 * table. A paging domain may be in use by several units of a machine; in each it has a domain id, by which its
 * translations are tagged in that unit's caches.
 */
package org.iommu4j.vtd.domain;
