/**
 * PCI functions: configuration space, the tree of buses, and the requester id that a transaction carries. Layouts are
 * in the descriptor classes {@link org.iommu4j.hwsim.pci.CommonHeader}, {@link org.iommu4j.hwsim.pci.EndpointHeader},
 * {@link org.iommu4j.hwsim.pci.BridgeHeader}, {@link org.iommu4j.hwsim.pci.MsiCapability},
 * {@link org.iommu4j.hwsim.pci.PcieCapability} and {@link org.iommu4j.hwsim.pci.AcsCapability}, each of which writes
 * itself into a configuration space.
 *
 * <p>The buses are as firmware left them: bus numbers are read-only, and bridges and ports route and enforce nothing
 * beyond giving a transaction its requester id.
 */
package org.iommu4j.hwsim.pci;
