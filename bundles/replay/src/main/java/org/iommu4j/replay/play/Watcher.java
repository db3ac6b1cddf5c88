package org.iommu4j.replay.play;

/** Is told how far a play is, several times a second, by a thread of the play. */
@FunctionalInterface
public interface Watcher {
    /**
     * @param nanos since the play began
     * @param played events that have been played
     * @param total events that there are
     */
    void at(long nanos, int played, int total);
}
