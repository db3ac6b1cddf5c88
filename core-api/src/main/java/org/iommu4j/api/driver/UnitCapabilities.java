package org.iommu4j.api.driver;

/**
 * What a started unit can do.
 *
 * @param addressBits width of an IOVA in a paging domain, 12 to 64
 * @param outputBits width of a physical address in its tables
 * @param pageSizes bit n set: pages of 2^n bytes
 * @param domains how many domain ids it tells apart
 * @param isolatedMsi true if interrupts are remapped: a device's message reaches only vectors that are its own
 * @param summary one line for people: version, mode, raw capability registers
 */
public record UnitCapabilities(int addressBits, int outputBits, long pageSizes, int domains, boolean isolatedMsi,
        String summary) {
    /** Of a unit that lets every interrupt message pass. */
    public UnitCapabilities(int addressBits, int outputBits, long pageSizes, int domains, String summary) {
        this(addressBits, outputBits, pageSizes, domains, false, summary);
    }
}
