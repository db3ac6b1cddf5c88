/**
 * What the IOMMU models of all architectures cache with, and how an invalidation becomes complete.
 *
 * <ul>
 * <li>{@link org.iommu4j.hwsim.cache.SetCache}: a set-associative memory of words; a lookup takes no lock.
 * <li>{@link org.iommu4j.hwsim.cache.PageCache}: on top of it, pages of several sizes under a tag.
 * <li>{@link org.iommu4j.hwsim.cache.Generation}: tells a fill that an invalidation has overtaken it.
 * <li>{@link org.iommu4j.hwsim.cache.Intervals}: which transactions are in flight, and waiting for them.
 * </ul>
 *
 * <p><b>The law.</b> Who removes entries begins a generation, removes, ends it, and then may drain. A fill remembers
 * the generation before it reads anything, and is dropped inside the set's lock if the generation has moved or was not
 * ended then. So after a drain nothing that was read before the invalidation is cached or in use.
 */
package org.iommu4j.hwsim.cache;
