/** Tests of what a report computes. */
package org.iommu4j.replay.report;
