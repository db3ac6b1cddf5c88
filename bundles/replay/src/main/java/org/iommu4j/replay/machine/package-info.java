/**
 * The machine that a trace is played on, a {@link org.iommu4j.replay.machine.Board}. A simulated one has the trace's
 * devices and as many invented bridges as its groups need, and core has to compute the trace's own groups; one that
 * QEMU plays has QEMU's board, where other devices stand for them. Either way it comes to life by a configuration, and
 * says who plays.
 */
package org.iommu4j.replay.machine;
