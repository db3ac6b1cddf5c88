package org.iommu4j.replay.plan;

/**
 * One domain of a trace.
 *
 * @param index its number in the plan: domains are numbered in the order in which they begin
 * @param name the device that most of its DMA lines name; else {@code domain:0x...}; else {@code unnamed},
 *        {@code unnamed-2}, ... Never shared by two domains unless one device had several
 * @param pointer kernel address of the domain; 0 if no kprobe named it
 * @param device the device it belongs to, or null if nothing tells
 * @param group the group of that device as in {@link TraceMachine}, or -1 if there is no device
 * @param start the index of its START event: its first map, or its group's first attach line if that is earlier
 */
public record TraceDomain(int index, String name, long pointer, String device, int group, int start) {
}
