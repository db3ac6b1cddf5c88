package org.iommu4j.hwsim.device;

/** A device's work for its DMA thread: one queue whose entries are done in order. */
interface DmaSource {
    /**
     * Does a bounded burst of what is due, on the engine's thread; nothing if the function's DMA is off.
     *
     * @return true if more is due: the source is served again without another ring
     */
    boolean serve(DmaPort port);
}
