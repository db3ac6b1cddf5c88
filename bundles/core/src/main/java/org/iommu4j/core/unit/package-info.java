/** The units that drivers run: their state, the gate of their calls, the selection of their driver. */
package org.iommu4j.core.unit;
