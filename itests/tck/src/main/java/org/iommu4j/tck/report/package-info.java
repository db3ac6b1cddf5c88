/** What people and programs get to read of a run. */
package org.iommu4j.tck.report;
