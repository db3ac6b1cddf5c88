package org.iommu4j.tck.kit;

import java.util.Locale;
import org.iommu4j.tck.stage.Stage;

/**
 * One demand on a driver, whatever the architecture and whoever plays the machine. Its class name is a sentence; an
 * instance has no state.
 */
public interface Law {
    /** What it demands, in a sentence or two, for the report. */
    String demands();

    /**
     * Holds the machine against the law. What the stage gives is taken back by the caller.
     *
     * @throws Broken if the law does not hold
     * @throws NotApplicable if this machine cannot show it
     */
    void check(Stage stage);

    /** The class name as a sentence. */
    default String name() {
        String words = getClass().getSimpleName().replaceAll("(?<!^)([A-Z])", " $1");
        return words.toLowerCase(Locale.ROOT);
    }

    /** What it is about: the last part of its package. */
    default String room() {
        String home = getClass().getPackageName();
        return home.substring(home.lastIndexOf('.') + 1);
    }
}
