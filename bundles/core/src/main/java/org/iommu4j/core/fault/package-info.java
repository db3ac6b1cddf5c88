/** The faults that units report: a bounded ring of the newest of a machine, and counts of all. */
package org.iommu4j.core.fault;
