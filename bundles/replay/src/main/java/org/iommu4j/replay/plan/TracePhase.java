package org.iommu4j.replay.plan;

/**
 * A phase of the recorded workload.
 *
 * @param name as the workload wrote it
 * @param event index of the first event of the plan that belongs to it
 * @param nanos the trace's clock
 */
public record TracePhase(String name, int event, long nanos) {
}
