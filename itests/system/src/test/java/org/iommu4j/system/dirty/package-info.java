/** What devices write is found by its marks, no write is missed, and none is told twice. */
package org.iommu4j.system.dirty;
