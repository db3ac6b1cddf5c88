/**
 * The vendor's side: what a driver bundle implements, and what core lends it.
 *
 * <p>A driver is a service {@link org.iommu4j.api.driver.IommuDriver}, {@code immediate = true}, that exports nothing,
 * owns no thread and keeps no static state. Core asks it to read the firmware tables
 * ({@link org.iommu4j.api.driver.IommuDriver#probe}), then to start each unit
 * ({@link org.iommu4j.api.driver.IommuDriver#attach}) or to take a running one over
 * ({@link org.iommu4j.api.driver.IommuDriver#adopt}). Core calls it only inside a gate: between
 * {@link org.iommu4j.api.driver.DriverUnit#leave} and the successor's {@code adopt} no call is under way. Whatever a
 * driver throws is turned into text at the gate, so that no class of the driver stays reachable.
 */
@Export
@Version("1.0.0")
package org.iommu4j.api.driver;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
