/**
 * The machine that a trace is played on: a definition with the trace's devices and as many invented bridges as its
 * groups need, a configuration that brings it to life, and the check that core computed the trace's own groups.
 */
package org.iommu4j.replay.machine;
