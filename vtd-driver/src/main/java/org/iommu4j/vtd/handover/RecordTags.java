package org.iommu4j.vtd.handover;

import java.util.Set;

/**
 * The tags of a record of schema {@code vtd}, and their words. All addresses are physical.
 * <table>
 * <caption>Tags</caption>
 * <tr><th>tag</th><th>since</th><th>words</th></tr>
 * <tr><td>{@value #QUEUE}</td><td>1</td><td>base of the descriptors; 1 if they have 32 bytes, else 0; descriptors sent
 * since the queue was made, its tail; page of the status words; all 0
 * where invalidation is by registers</td></tr>
 * <tr><td>{@value #ROOT}</td><td>1</td><td>root table; 1 for scalable mode, else 0</td></tr>
 * <tr><td>{@value #INTERRUPT}</td><td>1</td><td>address and data of the fault interrupt's message</td></tr>
 * <tr><td>{@value #IDS}</td><td>1</td><td>each domain id that must not be handed out, from 2 up</td></tr>
 * <tr><td>{@value #DOMAINS}</td><td>1</td><td>{@value #DOMAIN_WORDS} words a domain: core's number; top table; levels;
 * page sizes as bits; width of an IOVA; width of a physical address; domain id on this unit or 0; 1 if it was allocated
 * on this unit, else 0</td></tr>
 * <tr><td>{@value #FORMS}</td><td>1, absent where it would be empty</td><td>{@value #FORM_WORDS} words a domain that is
 * not a plain second-stage table for units that snoop: core's number; stage, 1 or 2; bits: {@value #CAN_MARK} hardware
 * can mark writes, {@value #MARKS} hardware is told to, {@value #FLUSHED} stores to its tables are flushed. A reader
 * that does not know the tag refuses the record, as it must: it would take the tables for what they are
 * not</td></tr>
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
    public static final String FORMS = "domain.forms";
    public static final String COUNTS = "queue.counts";
    public static final String HANDOVERS = "handovers";

    /** Words of one domain in {@link #DOMAINS}. */
    public static final int DOMAIN_WORDS = 8;

    /** Words of one domain in {@link #FORMS}. */
    public static final int FORM_WORDS = 3;
    static final int FIRST_STAGE = 1;
    static final int SECOND_STAGE = 2;
    static final int CAN_MARK = 1;
    static final int MARKS = 2;
    static final int FLUSHED = 4;

    /** The version that brought {@link #HANDOVERS}. */
    static final int WITH_HANDOVERS = 2;

    static final Set<String> REQUIRED = Set.of(QUEUE, ROOT, INTERRUPT, IDS, DOMAINS);

    private RecordTags() {
    }

    /** True if a reader of a version knows a tag. */
    static boolean isKnown(String tag, int version) {
        return REQUIRED.contains(tag) || tag.equals(FORMS) || tag.equals(COUNTS)
                || version >= WITH_HANDOVERS && tag.equals(HANDOVERS);
    }
}
