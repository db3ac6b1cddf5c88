package org.iommu4j.replay.trace;

/** The events that the reader understands, by the names that kernels of different ages print. */
enum EventKind {
    MAP("map"),
    UNMAP("unmap"),
    PROBE_MAP("iommu_map"),
    PROBE_UNMAP("iommu_unmap"),
    DMA_MAP("dma_map_page", "dma_map_phys", "dma_map_resource", "dma_alloc", "dma_alloc_pages", "dma_alloc_sgt"),
    DMA_MAP_SCATTER("dma_map_sg"),
    DMA_UNMAP("dma_unmap_page", "dma_unmap_phys", "dma_unmap_resource", "dma_free", "dma_free_pages",
            "dma_free_sgt"),
    DMA_UNMAP_SCATTER("dma_unmap_sg"),
    ATTACH("attach_device_to_domain"),
    ADD_TO_GROUP("add_device_to_group"),
    VTD_INVALIDATION("qi_submit"),
    AMD_COMMAND("amd_cmd"),
    SMMU_COMMANDS("smmu_cmd"),
    MARK("tracing_mark_write");

    private final String[] names;

    EventKind(String... names) {
        this.names = names;
    }

    String[] names() {
        return names;
    }
}
