/**
 * Core, the VT-d driver and the simulated machine on one class path, put together without a framework: what all tests
 * here stand on. {@link org.iommu4j.system.rig.Rig} is one machine with its services; tests reach it through core's
 * public services and devices' registers alone.
 */
package org.iommu4j.system.rig;
