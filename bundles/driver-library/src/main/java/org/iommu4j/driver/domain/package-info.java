/**
 * Translations as core holds them: blocked, identity, and {@link org.iommu4j.driver.domain.PagingDomain} with its page
 * table. A paging domain may be in use by several units of a machine; in each it has a tag, by which that unit's caches
 * tell its translations apart. What differs between architectures are the {@link org.iommu4j.driver.domain.TableForm
 * forms} of tables and the {@link org.iommu4j.driver.domain.DomainCaches caches} of units.
 */
package org.iommu4j.driver.domain;
