package org.iommu4j.benchmarks;

import java.util.List;

/**
 * A line of the report.
 *
 * @param benchmark class and method, and its parameter after a colon if it has one
 * @param text what a reader calls it
 * @param floor class and method that it is a multiple of
 */
record Row(String benchmark, String text, String floor) {
    static final List<Row> ALL = List.of(
            new Row("GateBenchmark.gate", "gate alone", "FloorBenchmark.map"),
            new Row("DriverDomainBenchmark.map4K", "driver: map 4K", "FloorBenchmark.map"),
            new Row("DriverDomainBenchmark.unmap4K", "driver: unmap 4K, no invalidation", "FloorBenchmark.unmap"),
            new Row("DriverDomainBenchmark.pair4K", "driver: map and unmap 4K, same IOVA", "FloorBenchmark.pair"),
            new Row("DriverDomainBenchmark.translate", "driver: translate", "FloorBenchmark.translate"),
            new Row("DomainOpsBenchmark.map4K", "core: map 4K", "FloorBenchmark.map"),
            new Row("DomainOpsBenchmark.unmap4K", "core: unmap 4K, no device", "FloorBenchmark.unmap"),
            new Row("DomainOpsBenchmark.pair4K", "core: map and unmap 4K, same IOVA, no device", "FloorBenchmark.pair"),
            new Row("DomainOpsBenchmark.pair4KTwoThreads", "core: the same, two threads, disjoint ranges",
                    "FloorBenchmark.pair"),
            new Row("DomainOpsBenchmark.translate", "core: translate", "FloorBenchmark.translate"),
            new Row("RangeBenchmark.map256Pages", "core: map 256 pages in one call", "FloorBenchmark.map256"),
            new Row("RangeBenchmark.unmap256Pages", "core: unmap 256 pages in one call, no device",
                    "FloorBenchmark.unmap256"),
            new Row("DomainOpsBenchmark.pair256Pages", "core: map and unmap 256 pages, no device",
                    "FloorBenchmark.pair256"),
            new Row("DomainOpsBenchmark.pair64K", "core: map and unmap 64K, no device", "FloorBenchmark.pair"),
            new Row("DomainOpsBenchmark.pair2M", "core: map and unmap 2M, no device", "FloorBenchmark.pair"),
            new Row("DomainOpsBenchmark.pair1G", "core: map and unmap 1G, no device", "FloorBenchmark.pair"),
            new Row("DomainOpsBenchmark.unmap4KStrict", "core: unmap 4K, invalidated and waited for",
                    "FloorBenchmark.unmap"),
            new Row("DomainOpsBenchmark.pair4KStrict", "core: map and unmap 4K, invalidated and waited for",
                    "FloorBenchmark.pair"),
            new Row("DmaOpsBenchmark.unmap4KStrict", "DMA API: unmap 4K, strict", "FloorBenchmark.unmap"),
            new Row("DmaOpsBenchmark.unmap4KLazy", "DMA API: unmap 4K, lazy, flushes included", "FloorBenchmark.unmap"),
            new Row("DmaOpsBenchmark.pair4KStrict", "DMA API: map and unmap 4K, strict", "FloorBenchmark.pair"),
            new Row("DmaOpsBenchmark.pair4KLazy", "DMA API: map and unmap 4K, lazy", "FloorBenchmark.pair"),
            new Row("DmaOpsBenchmark.pairList256Strict", "DMA API: list of 256 scattered pages, strict",
                    "FloorBenchmark.pair256"),
            new Row("DmaOpsBenchmark.pairList256Lazy", "DMA API: list of 256 scattered pages, lazy",
                    "FloorBenchmark.pair256"),
            new Row("DriverDomainBenchmark.invalidatePageAndWait", "driver and model: invalidate a page, wait",
                    "FloorBenchmark.map"),
            new Row("AloneBenchmark.driverMap4K", "driver: map 4K, no other driver in the JVM", "FloorBenchmark.map"),
            new Row("AloneBenchmark.coreMap4K", "core: map 4K, no other driver in the JVM", "FloorBenchmark.map"),
            new Row("VendorBenchmark.map4K:smmuv3", "SMMUv3 driver: map 4K", "FloorBenchmark.map"),
            new Row("VendorBenchmark.unmap4K:smmuv3", "SMMUv3 driver: unmap 4K, no invalidation",
                    "FloorBenchmark.unmap"),
            new Row("VendorBenchmark.translate:smmuv3", "SMMUv3 driver: translate", "FloorBenchmark.translate"),
            new Row("VendorBenchmark.pair4K:smmuv3", "SMMUv3 driver: map and unmap 4K, same IOVA",
                    "FloorBenchmark.pair"),
            new Row("VendorBenchmark.unmap4KStrict:smmuv3", "SMMUv3 core: unmap 4K, invalidated and waited for",
                    "FloorBenchmark.unmap"),
            new Row("VendorBenchmark.map4K:amdvi", "AMD-Vi driver: map 4K", "FloorBenchmark.map"),
            new Row("VendorBenchmark.unmap4K:amdvi", "AMD-Vi driver: unmap 4K, no invalidation",
                    "FloorBenchmark.unmap"),
            new Row("VendorBenchmark.translate:amdvi", "AMD-Vi driver: translate", "FloorBenchmark.translate"),
            new Row("VendorBenchmark.pair4K:amdvi", "AMD-Vi driver: map and unmap 4K, same IOVA",
                    "FloorBenchmark.pair"),
            new Row("VendorBenchmark.unmap4KStrict:amdvi", "AMD-Vi core: unmap 4K, invalidated and waited for",
                    "FloorBenchmark.unmap"),
            new Row("ModelBenchmark.hit", "model: IOTLB hit, same page", "FloorBenchmark.translate"),
            new Row("ModelBenchmark.hotPages", "model: IOTLB hit, 64 pages in turn", "FloorBenchmark.translate"),
            new Row("ModelBenchmark.missOfThreeLevels", "model: miss, 3 levels", "FloorBenchmark.walk"),
            new Row("ModelBenchmark.missOfFourLevels", "model: miss, 4 levels", "FloorBenchmark.walk"),
            new Row("ModelBenchmark.copy4K", "device: copy 4K", "FloorBenchmark.copy4K"),
            new Row("ModelBenchmark.copy64K", "device: copy 64K", "FloorBenchmark.copy64K"),
            new Row("IovaBenchmark.pairOneThread", "core: allocate and free an IOVA", "IovaBenchmark.floor"),
            new Row("IovaBenchmark.pairTwoThreads", "core: the same, two threads", "IovaBenchmark.floor"),
            new Row("IovaBenchmark.batchTwoThreads", "core: the same, two threads, 64 held", "IovaBenchmark.floor"),
            new Row("IovaBenchmark.pairInTree", "core: allocate and free 33 pages of IOVA", "IovaBenchmark.floor"));
}
