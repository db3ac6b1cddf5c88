/** The SMMUv3 driver on the model of its unit, one step after the other. */
package org.iommu4j.system.arm;
