package org.iommu4j.replay.command;

import java.nio.file.Files;
import java.nio.file.Path;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.replay.play.Swapper;

/** Swaps the driver of a machine back and forth between two jars. One thread. */
final class DriverJars implements Swapper {
    private final DriverSwap swap;
    private final String bundle;
    private final Path[] successors;
    private int turn;

    /**
     * @param bundle symbolic name of the driver; that of the successor is the same
     * @param first what is swapped in first
     * @param home what is swapped in next: the jar of the driver in charge at the start
     * @throws IommuException BAD_INPUT if a jar is absent
     */
    DriverJars(DriverSwap swap, String bundle, Path first, Path home) {
        this.swap = swap;
        this.bundle = bundle;
        this.successors = new Path[] {first, home};
        for (Path jar : successors) {
            if (!Files.isRegularFile(jar)) {
                throw IommuException.of(Reason.BAD_INPUT, "no driver jar %s to swap in", jar);
            }
        }
    }

    @Override
    public SwapReport swap() {
        return swap.swap(bundle, successors[turn++ % successors.length]);
    }

    /** Puts the driver of the start back in charge, if it is not. */
    void restore() {
        if (turn % successors.length != 0) {
            swap();
        }
    }
}
