package org.iommu4j.api.driver;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a leaving driver tells its successor and memory cannot: queue positions, domain ids, latched errors. Types of
 * the JDK only; core holds it until the successor's {@code adopt} has returned. The arrays are not copied: whoever
 * hands the record on does not touch them again.
 *
 * @param schema which driver family's tags these are, for example {@code vtd}
 * @param version of the schema; a reader meets unknown tags only in newer ones
 * @param tags named words
 * @param optional the tags that a reader may ignore; any other tag that it does not know makes it refuse the record
 */
public record HandoverRecord(String schema, int version, Map<String, long[]> tags, Set<String> optional) {
    public HandoverRecord {
        tags = new TreeMap<>(tags);
        optional = Set.copyOf(optional);
    }

    /** Words in all tags: its size divided by 8 bytes. */
    public long words() {
        return tags.values().stream().mapToLong(words -> words.length).sum();
    }
}
