package org.iommu4j.replay.trace;

/** Which way a {@code dma_*} line says that data move; Linux's {@code enum dma_data_direction}. */
public enum DmaDirection {
    BIDIRECTIONAL,
    TO_DEVICE,
    FROM_DEVICE,
    /** Not said, or said to be none. */
    NONE;

    /** By the first letter of the printed name; anything else is {@link #NONE}. */
    static DmaDirection ofLetter(int letter) {
        return switch (letter) {
            case 'B' -> BIDIRECTIONAL;
            case 'T' -> TO_DEVICE;
            case 'F' -> FROM_DEVICE;
            default -> NONE;
        };
    }
}
