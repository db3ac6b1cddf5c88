package org.iommu4j.amdvi.handover;

import java.util.Set;

/**
 * The tags of a record of schema {@code amdvi}, and their words. All addresses are physical.
 * <table>
 * <caption>Tags</caption>
 * <tr><th>tag</th><th>since</th><th>words</th></tr>
 * <tr><td>{@value #COMMANDS}</td><td>1</td><td>base of the commands; commands sent since the ring was made, its tail;
 * page of the words that completion waits store to</td></tr>
 * <tr><td>{@value #EVENTS}</td><td>1</td><td>base of the event log</td></tr>
 * <tr><td>{@value #TABLE}</td><td>1</td><td>base of the device table</td></tr>
 * <tr><td>{@value #INTERRUPT}</td><td>1</td><td>address and data of the interrupt's message</td></tr>
 * <tr><td>{@value #IDS}</td><td>1</td><td>each domain id that must not be handed out, from 2 up</td></tr>
 * <tr><td>{@value #DOMAINS}</td><td>1</td><td>{@value #DOMAIN_WORDS} words a domain: core's number; top table as it is
 * now; 1 for a host table, 2 for a guest table; levels as they are now; levels that it may grow to; page sizes as bits;
 * width of a physical address; domain id on this unit or 0; bits: {@value #HOME} it was allocated on this unit,
 * {@value #CAN_MARK} hardware can mark writes, {@value #MARKS} hardware is told to</td></tr>
 * <tr><td>{@value #COUNTS}</td><td>1, optional</td><td>commands sent since the unit was attached, by operation
 * code</td></tr>
 * <tr><td>{@value #HANDOVERS}</td><td>1, optional</td><td>how often the unit was taken over since it was
 * attached</td></tr>
 * </table>
 */
public final class RecordTags {
    /** The schema. */
    public static final String SCHEMA = "amdvi";

    public static final String COMMANDS = "commands";
    public static final String EVENTS = "events";
    public static final String TABLE = "device.table";
    public static final String INTERRUPT = "interrupt";
    public static final String IDS = "domain.ids";
    public static final String DOMAINS = "domains";
    public static final String COUNTS = "queue.counts";
    public static final String HANDOVERS = "handovers";

    /** Words of one domain in {@link #DOMAINS}. */
    public static final int DOMAIN_WORDS = 9;
    static final int HOST = 1;
    static final int GUEST = 2;
    static final int HOME = 1;
    static final int CAN_MARK = 2;
    static final int MARKS = 4;

    /** The tags that a reader may ignore. */
    static final Set<String> OPTIONAL = Set.of(COUNTS, HANDOVERS);
    private static final Set<String> REQUIRED = Set.of(COMMANDS, EVENTS, TABLE, INTERRUPT, IDS, DOMAINS);

    private RecordTags() {
    }

    static boolean isKnown(String tag) {
        return REQUIRED.contains(tag) || OPTIONAL.contains(tag);
    }
}
