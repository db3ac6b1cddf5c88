package org.iommu4j.replay.plan;

import java.util.List;

/**
 * One IOMMU group of a trace.
 *
 * @param number the trace's group number
 * @param devices names of its members, in the order in which they joined
 */
public record TraceGroup(int number, List<String> devices) {
}
