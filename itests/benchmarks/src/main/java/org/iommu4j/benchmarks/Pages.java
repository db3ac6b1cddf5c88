package org.iommu4j.benchmarks;

import org.iommu4j.api.Protection;

/** Sizes and places that all benchmarks share. */
final class Pages {
    static final long K4 = 1L << 12;
    static final long K64 = 1L << 16;
    static final long M2 = 1L << 21;
    static final long G1 = 1L << 30;
    static final int RW = Protection.READ | Protection.WRITE;
    /** Operations of one invocation: half a table, so that no unmap takes a table away. */
    static final int RUN = 256;
    static final long RUN_BYTES = RUN * K4;
    /** Where runs are mapped, 2 MiB and 1 GiB aligned. */
    static final long IOVA = 4 * G1;
    /** Where they lead: beside the boundaries of large pages, so that pages stay small. */
    static final long PA = G1 + K4;

    private Pages() {
    }
}
