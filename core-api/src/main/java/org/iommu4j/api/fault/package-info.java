/** DMA faults: what a unit reports of a transaction that it refused. Faults are data, never exceptions. */
@Export
@Version("1.0.0")
package org.iommu4j.api.fault;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
