/** Replays recorded DMA mappings through a driver while devices do DMA. */
package org.iommu4j.replay;
