package org.iommu4j.mm.area;

/**
 * A range of addresses that all allow the same.
 *
 * @param last inclusive
 * @param access {@link org.iommu4j.api.sva.Access} bits
 */
public record Area(long first, long last, int access) {
    boolean contains(long address) {
        return first <= address && address <= last;
    }

    Area within(long from, long to) {
        return new Area(Math.max(first, from), Math.min(last, to), access);
    }
}
