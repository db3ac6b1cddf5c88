/**
 * The ports through which software meets hardware: memory, registers, interrupts, PCI functions, firmware tables.
 * Nothing here tells which machine is behind them, so one driver jar runs on a simulated machine and on any other.
 *
 * <p>Memory belongs to the board: core creates {@link org.iommu4j.api.machine.PhysicalMemory} and lends it to the
 * machine, so it survives every swap of driver and model.
 */
@Export
@Version("1.0.0")
package org.iommu4j.api.machine;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
