package org.iommu4j.smmuv3.entries;

/**
 * How hardware is made to forget what it has read of tables. Each returns when it has, and when transactions that used
 * it have ended.
 */
public interface ConfigurationCaches {
    /** A stream's STE and CDs. @param table true if an entry of level 1 on the way there changed too */
    void forgetStream(int stream, boolean table);

    /** A stream's CDs, and entries of level 1 on the way there. */
    void forgetContexts(int stream);

    /** 2^streamsLg2 streams, from a multiple of that, with entries of level 1 on the way there. */
    void forgetStreams(int first, int streamsLg2);
}
