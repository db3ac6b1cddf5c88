package org.iommu4j.api.machine;

/**
 * A message-signalled interrupt: what to write, and where.
 *
 * @param address 64-bit bus address, multiple of 4
 * @param data 32 bits
 */
public record MsiMessage(long address, int data) {
}
