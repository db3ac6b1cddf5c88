package org.iommu4j.api.sva;

/**
 * An area of a process.
 *
 * @param last inclusive
 * @param access {@link Access} bits
 */
public record AreaReport(long first, long last, int access) {
    public long length() {
        return last - first + 1;
    }
}
