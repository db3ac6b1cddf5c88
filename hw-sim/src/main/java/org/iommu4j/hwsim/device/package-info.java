/**
 * Devices and the threads on which they do DMA. A {@link org.iommu4j.hwsim.device.DmaEngine} is one device thread; it
 * serves {@link org.iommu4j.hwsim.device.DmaSource}s whose {@link org.iommu4j.hwsim.device.Doorbell} rang, and parks
 * when none did. A source reaches memory, and sends interrupts, only through the engine's
 * {@link org.iommu4j.hwsim.device.DmaPort}, which translates. {@link org.iommu4j.hwsim.device.DmaSwitch} stops a
 * function's transactions.
 */
package org.iommu4j.hwsim.device;
