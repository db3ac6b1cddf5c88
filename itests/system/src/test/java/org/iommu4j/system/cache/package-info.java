/** What caches may not change: data and faults are the same however much hardware remembers. */
package org.iommu4j.system.cache;
