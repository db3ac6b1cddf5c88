package org.iommu4j.vtd.handover;

import java.util.Set;

/**
 * The tags of a record of schema {@code vtd}, and their words. All addresses are physical.
 * <table>
 * <caption>Tags</caption>
 * <tr><th>tag</th><th>since</th><th>words</th></tr>
 * <tr><td>{@value #QUEUE}</td><td>1</td><td>base of the descriptors; 1 if they have 32 bytes, else 0; descriptors sent
 * since the queue was made, its tail; page of the status words</td></tr>
 * <tr><td>{@value #ROOT}</td><td>1</td><td>root table; 1 for scalable mode, else 0</td></tr>
 * <tr><td>{@value #INTERRUPT}</td><td>1</td><td>address and data of the fault interrupt's message</td></tr>
 * <tr><td>{@value #IDS}</td><td>1</td><td>each domain id that must not be handed out, from 2 up</td></tr>
 * <tr><td>{@value #DOMAINS}</td><td>1</td><td>{@value #DOMAIN_WORDS} words a domain: core's number; top table; levels;
 * page sizes as bits; width of an IOVA; width of a physical address; domain id on this unit or 0; 1 if it was allocated
 * on this unit, else 0</td></tr>
 * <tr><td>{@value #COUNTS}</td><td>1, optional</td><td>descriptors sent since the unit was attached, by descriptor
 * type</td></tr>
 * <tr><td>{@value #HANDOVERS}</td><td>2, optional</td><td>how often the unit was taken over since it was
 * attached</td></tr>
 * </table>
 */
public final class RecordTags {
    /** The schema. */
    public static final String SCHEMA = "vtd";

    public static final String QUEUE = "queue";
    public static final String ROOT = "root";
    public static final String INTERRUPT = "fault.interrupt";
    public static final String IDS = "domain.ids";
    public static final String DOMAINS = "domains";
    public static final String COUNTS = "queue.counts";
    public static final String HANDOVERS = "handovers";

    /** Words of one domain in {@link #DOMAINS}. */
    public static final int DOMAIN_WORDS = 8;

    /** The version that brought {@link #HANDOVERS}. */
    static final int WITH_HANDOVERS = 2;

    static final Set<String> REQUIRED = Set.of(QUEUE, ROOT, INTERRUPT, IDS, DOMAINS);

    private RecordTags() {
    }

    /** True if a reader of a version knows a tag. */
    static boolean isKnown(String tag, int version) {
        return REQUIRED.contains(tag) || tag.equals(COUNTS) || version >= WITH_HANDOVERS && tag.equals(HANDOVERS);
    }
}
