package org.iommu4j.smmuv3.handover;

import java.util.Set;

/**
 * The tags of a record of schema {@code smmuv3}, and their words. All addresses are physical.
 * <table>
 * <caption>Tags</caption>
 * <tr><th>tag</th><th>since</th><th>words</th></tr>
 * <tr><td>{@value #COMMANDS}</td><td>1</td><td>base of the commands; log2 of their number; commands sent since the
 * queue was made, its tail; page of the status words, or 0 where completion is seen in a register</td></tr>
 * <tr><td>{@value #EVENTS}</td><td>1</td><td>base of the event records; log2 of their number; where it stands, the
 * registers say</td></tr>
 * <tr><td>{@value #TABLE}</td><td>1</td><td>stream table; width of its StreamIDs; bits of them that the second level
 * resolves, 0 for one level</td></tr>
 * <tr><td>{@value #INTERRUPTS}</td><td>1</td><td>address and data of the event queue's message; of the
 * errors'</td></tr>
 * <tr><td>{@value #ASIDS}</td><td>1</td><td>each ASID that must not be handed out, from 1 up</td></tr>
 * <tr><td>{@value #VMIDS}</td><td>1</td><td>likewise each VMID</td></tr>
 * <tr><td>{@value #DOMAINS}</td><td>1</td><td>{@value #DOMAIN_WORDS} words a domain: core's number; top table; stage, 1
 * or 2; log2 of the granule; width of an IOVA; width of a physical address; bits: {@value #CAN_MARK} hardware marks
 * writes, {@value #MARKS} they are being read, {@value #FLUSHED} stores to its tables are flushed; ASID or VMID on this
 * unit, or 0; 1 if it was allocated on this unit, else 0</td></tr>
 * <tr><td>{@value #COUNTS}</td><td>1, optional</td><td>commands sent since the unit was attached, by
 * operation</td></tr>
 * <tr><td>{@value #HANDOVERS}</td><td>2, optional</td><td>how often the unit was taken over since it was
 * attached</td></tr>
 * </table>
 */
public final class RecordTags {
    /** The schema. */
    public static final String SCHEMA = "smmuv3";

    public static final String COMMANDS = "commands";
    public static final String EVENTS = "events";
    public static final String TABLE = "stream.table";
    public static final String INTERRUPTS = "interrupts";
    public static final String ASIDS = "asids";
    public static final String VMIDS = "vmids";
    public static final String DOMAINS = "domains";
    public static final String COUNTS = "queue.counts";
    public static final String HANDOVERS = "handovers";

    /** Words of one domain in {@link #DOMAINS}. */
    public static final int DOMAIN_WORDS = 9;
    static final int STAGE1 = 1;
    static final int STAGE2 = 2;
    static final int CAN_MARK = 1;
    static final int MARKS = 2;
    static final int FLUSHED = 4;

    /** The version that brought {@link #HANDOVERS}. */
    static final int WITH_HANDOVERS = 2;

    static final Set<String> REQUIRED = Set.of(COMMANDS, EVENTS, TABLE, INTERRUPTS, ASIDS, VMIDS, DOMAINS);

    private RecordTags() {
    }

    /** True if a reader of a version knows a tag. */
    static boolean isKnown(String tag, int version) {
        return REQUIRED.contains(tag) || tag.equals(COUNTS) || version >= WITH_HANDOVERS && tag.equals(HANDOVERS);
    }
}
