package org.iommu4j.core.machine;

import java.nio.file.Path;
import java.util.Optional;
import org.iommu4j.core.handover.Bounds;

/**
 * What can be configured.
 *
 * @param memoryDirectory where each machine's memory is a file {@code <machine>.memory}; empty for a file without a
 * name among the temporary ones
 * @param allowUnsafeInterrupts groups may be claimed although their devices can raise interrupts that are not theirs
 */
public record Settings(Bounds bounds, Optional<Path> memoryDirectory, boolean allowUnsafeInterrupts) {
    /** Unsafe interrupts are not allowed. */
    public Settings(Bounds bounds, Optional<Path> memoryDirectory) {
        this(bounds, memoryDirectory, false);
    }

}
