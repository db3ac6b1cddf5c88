package org.iommu4j.core.dma;

/** What is to be mapped one after the other; the answers are those of the run that {@link #nextRun} went to. */
public interface Runs {
    /** Goes to the next run. @return false if there is none */
    boolean nextRun();

    long iova();

    long pa();

    /** In bytes. */
    long length();
}
