package org.iommu4j.replay.trace;

import java.nio.charset.StandardCharsets;

/** The field names that the reader looks for, as bytes. */
final class Key {

    static final byte[] DOMAIN = of("domain=");
    static final byte[] IOVA = of("iova=");
    static final byte[] PADDR = of("paddr=");
    static final byte[] SIZE = of("size=");
    static final byte[] UNMAPPED_SIZE = of("unmapped_size=");
    static final byte[] PROT = of("prot=");
    static final byte[] DIRECTION = of("dir=");
    static final byte[] DMA_ADDRESS = of("dma_addr=");
    static final byte[] DEVICE = of("device=");
    static final byte[] GROUP = of("groupID=");
    static final byte[] PHASE = of("phase ");
    static final byte[] AMD_WORD1 = of("d1=");
    static final byte[] SMMU_COUNT = of("n=");
    static final byte[] SMMU_SYNC = of("sync=");
    static final byte[] SMMU_FIRST = of("c0=");
    static final byte[] SMMU_SECOND = of("c2=");

    private Key() {
    }

    static byte[] of(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
