/**
 * What people and monitoring see: read-only records of units, domains, faults and swaps, and the one command that
 * swaps a driver.
 */
@Export
@Version("1.0.0")
package org.iommu4j.api.status;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
