package org.iommu4j.api;

/**
 * A range of IOVA that firmware or the architecture keeps for itself.
 *
 * @param start first address, 4 KiB aligned
 * @param last last address, inclusive; unsigned not below {@code start}
 * @param kind what may be done with it
 */
public record ReservedRegion(long start, long last, Kind kind) implements Comparable<ReservedRegion> {
    /** Linux's reserved region types, by the names that its sysfs prints. */
    public enum Kind {
        /** Must be mapped one to one before the device is translated, and never blocked (RMRR, IVMD, RMR). */
        DIRECT,
        /** As {@link #DIRECT}, but given up once a driver drives the device. */
        DIRECT_RELAXABLE,
        /** Must not be mapped. */
        RESERVED,
        /** Interrupt messages; never translated. */
        MSI,
        /**
         * Interrupt messages are translated like any write: here the page that takes them is mapped in every domain
         * with a page table that the device is put into, and nothing else may be.
         */
        SW_MSI
    }

    public ReservedRegion {
        if (Long.compareUnsigned(start, last) > 0) {
            throw IommuException.of(Reason.BAD_INPUT, "reserved region %#x-%#x ends before it starts", start, last);
        }
    }

    /** True if the two ranges share an address. */
    public boolean overlaps(long otherStart, long otherLast) {
        return Long.compareUnsigned(start, otherLast) <= 0 && Long.compareUnsigned(otherStart, last) <= 0;
    }

    @Override
    public int compareTo(ReservedRegion other) {
        int byStart = Long.compareUnsigned(start, other.start);
        return byStart != 0 ? byStart : Long.compareUnsigned(last, other.last);
    }
}
