/**
 * The processes of one machine.
 *
 * <p>{@code MachineProcesses} has them all; {@code MachineProcess} is one, and is little more than its lock: changes
 * take it alone, loads and stores of the process's own software share it, a page at a time, so that translation and
 * access are one interval. Inside, {@code Space} is what the lock guards, with what happens to areas; {@code Faults}
 * brings pages in, {@code ResidentSet} chooses those that go, {@code Listeners} are told.
 */
package org.iommu4j.mm.process;
