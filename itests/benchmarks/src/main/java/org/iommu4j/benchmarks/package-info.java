/** What the hot paths cost, beside a floor of plain array stores measured in the same run. */
package org.iommu4j.benchmarks;
