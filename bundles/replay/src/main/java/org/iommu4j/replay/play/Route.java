package org.iommu4j.replay.play;

import java.util.List;
import org.iommu4j.api.Domain;

/** How mappings of one domain of the trace come to be on the machine. One thread at a time. */
interface Route {
    /** The domain begins. */
    void start();

    /** Why this machine cannot have such a mapping, or null. */
    String unfit(Mapping mapping);

    /** Makes a mapping and says in {@link Mapping#at} where its devices find it. */
    void map(Mapping mapping);

    /** Undoes mappings that cover one range of the trace without a hole. */
    void unmap(List<Mapping> gone);

    /** True if devices may still reach what was unmapped, until {@link #flush}. */
    boolean isLazy();

    /** Makes true what was unmapped lazily. */
    void flush();

    /** Where the mappings stand; null if nothing is translated. */
    Domain domain();

    /** Gives back everything. */
    void end(Iterable<Mapping> standing);
}
