/**
 * The units of a machine and the driver that runs them.
 *
 * <p>All units of one machine are of one architecture, so one driver at a time is in charge of them, and one
 * {@link org.iommu4j.core.unit.Gate} brackets every call into it. A {@link org.iommu4j.core.unit.Seat} is the lasting
 * half of a unit: its description, its ports, its state. A {@link org.iommu4j.core.unit.Binding} is the passing half:
 * everything of the driver in charge that core refers to, dropped as a whole when another takes over.
 * {@link org.iommu4j.core.unit.Drivers} knows who could be in charge and who is preferred.
 * {@link org.iommu4j.core.unit.DriverError} turns into text what a driver throws, so that nothing of it stays
 * reachable.
 */
package org.iommu4j.core.unit;
