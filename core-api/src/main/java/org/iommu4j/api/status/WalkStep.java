package org.iommu4j.api.status;

import java.util.List;

/**
 * One table entry that a translation passes.
 *
 * @param name what the specification calls it, for example {@code context entry}
 * @param pa where it lies in memory
 * @param words its 64-bit words, lowest first
 * @param fields decoded, {@code NAME=value}, in the order of the bits
 */
public record WalkStep(String name, long pa, List<Long> words, List<String> fields) {
    public WalkStep {
        words = List.copyOf(words);
        fields = List.copyOf(fields);
    }
}
