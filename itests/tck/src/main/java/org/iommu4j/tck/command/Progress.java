package org.iommu4j.tck.command;

import java.util.function.Consumer;
import org.iommu4j.tck.kit.Outcome;

/** One line on standard error that says how far a run is, if that is a terminal. One thread. */
final class Progress implements Consumer<Outcome> {
    private static final int WIDTH = 78;

    private final int laws;
    private final boolean shown = Boolean.getBoolean("iommu4j.terminal");
    private int done;

    Progress(int laws) {
        this.laws = laws;
    }

    @Override
    public void accept(Outcome outcome) {
        done++;
        if (shown) {
            String text = done == laws ? "" : String.format("tck: %d of %d laws, %s", done, laws, outcome.law());
            System.err.printf("\r%-" + WIDTH + "." + WIDTH + "s\r", text);
            System.err.flush();
        }
    }
}
