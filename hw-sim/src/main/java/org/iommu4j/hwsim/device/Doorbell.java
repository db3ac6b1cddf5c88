package org.iommu4j.hwsim.device;

/** Wakes the engine for one of its sources. Any thread; rings before the bell is answered count as one. */
final class Doorbell {
    private final DmaEngine engine;
    private final int source;

    Doorbell(DmaEngine engine, int source) {
        this.engine = engine;
        this.source = source;
    }

    /** What this thread published before is seen by the source's next burst. */
    void ring() {
        engine.ring(source);
    }
}
