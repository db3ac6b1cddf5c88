/**
 * From a trace file to typed events: the text side of the replay.
 *
 * <p>{@link org.iommu4j.replay.trace.TraceSource} opens a file, plain or compressed;
 * {@link org.iommu4j.replay.trace.TraceReader} walks its lines once, as bytes, and hands each event it knows to a
 * {@link org.iommu4j.replay.trace.TraceEvents} visitor as primitives. Everything else is skipped and counted by name.
 * What the events mean together (which domain, which device) is the business of {@code org.iommu4j.replay.plan}.
 *
 * <p>Two texts are understood: what the Linux kernel prints in {@code tracefs/trace} (ftrace) and what
 * {@code perf script} prints of the same events. Nothing here knows OSGi, a machine or a driver.
 */
package org.iommu4j.replay.trace;
