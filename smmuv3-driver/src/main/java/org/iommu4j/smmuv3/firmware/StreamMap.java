package org.iommu4j.smmuv3.firmware;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Follows ids from the node that sends them to the SMMUv3 that sees them, through as many nodes as lie between.
 * Interrupt groups are not followed: they see device ids, not streams.
 *
 * <p>Some firmware counts ids where the table wants the count less one, so that a range takes the first id of the next.
 * Such a range is taken to be one shorter.
 */
final class StreamMap {
    /** Ids of a sender that has a single mapping: it gives no range. */
    private static final long ALL = 1 << 16;

    private final IortTable table;
    private final BiConsumer<Integer, String> warnings;

    /** @param warnings receive an offset and what is odd there */
    StreamMap(IortTable table, BiConsumer<Integer, String> warnings) {
        this.table = table;
        this.warnings = warnings;
    }

    /**
     * A range of ids, as a node sends them and as an SMMU sees them.
     *
     * @param offset of the sender's mapping in the table
     * @param count of the sender's ids
     * @param single true if all of them become the one stream
     */
    record Streams(int offset, IortTable.Node smmu, long input, long stream, long count, boolean single) {
        long lastStream() {
            return single ? stream : stream + count - 1;
        }
    }

    /** All ids of a node that an SMMUv3 sees. */
    List<Streams> from(IortTable.Node node) {
        List<Streams> found = new ArrayList<>();
        for (IortTable.Mapping mapping : mappings(node)) {
            boolean single = mapping.single();
            follow(new Streams(mapping.offset(), table.nodes().get(mapping.target()), single ? 0 : mapping.input(),
                    mapping.output(), single ? ALL : mapping.count(), single), table.nodes().size(), found);
        }
        return found;
    }

    private void follow(Streams ids, int hops, List<Streams> found) {
        IortTable.Node at = ids.smmu();
        if (at.type() == IortTable.SMMU_V3) {
            found.add(ids);
            return;
        }
        if (at.type() == IortTable.ITS_GROUP || at.type() == IortTable.SMMU) {
            return;
        }
        if (hops == 0) {
            warnings.accept(ids.offset(), "a mapping goes round in a circle and is left out");
            return;
        }
        for (IortTable.Mapping next : mappings(at)) {
            IortTable.Node target = table.nodes().get(next.target());
            if (next.single()) {
                follow(new Streams(ids.offset(), target, ids.input(), next.output(), ids.count(), true), hops - 1, found);
                continue;
            }
            long first = Math.max(ids.stream(), next.input());
            long last = Math.min(ids.lastStream(), next.last());
            if (first <= last) {
                long input = ids.single() ? ids.input() : ids.input() + first - ids.stream();
                long count = ids.single() ? ids.count() : last - first + 1;
                follow(new Streams(ids.offset(), target, input, next.output() + first - next.input(), count,
                        ids.single()), hops - 1, found);
            }
        }
    }

    private List<IortTable.Mapping> mappings(IortTable.Node node) {
        List<IortTable.Mapping> mappings = new ArrayList<>();
        for (IortTable.Mapping mapping : node.mappings()) {
            boolean takesNext = !mapping.single() && mapping.count() > 1 && node.mappings().stream()
                    .anyMatch(other -> other != mapping && !other.single() && other.input() == mapping.last()
                            && other.input() > mapping.input());
            if (takesNext) {
                warnings.accept(mapping.offset(), String.format("ids %#x to %#x overlap the next range by one, which "
                        + "is taken from them: the count is one too large", mapping.input(), mapping.last()));
            }
            mappings.add(takesNext ? mapping.shorter() : mapping);
        }
        return mappings;
    }
}
