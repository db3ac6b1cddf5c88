package org.iommu4j.tck.stage;

/**
 * A page of memory.
 *
 * @param pa where it lies
 * @param tag the first word, when it was taken
 */
public record Page(long pa, int tag) {
}
