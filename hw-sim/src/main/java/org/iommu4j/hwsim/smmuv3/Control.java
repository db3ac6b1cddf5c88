package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.hwsim.cache.Intervals;

/**
 * Control registers, global bypass and the stream table's place. Arm IHI 0070, 6.3.9 to 6.3.15, 6.3.24, 6.3.25.
 * <pre>
 *  CR0, CR0ACK:   3      2        1      0        CR2:   2      1       0      GBPA:  31      20           13 0
 *              +------+--------+------+------+         +---+---------+---+           +------+-----+- ~ -+----------+
 *              |CMDQEN|EVENTQEN|PRIQEN|SMMUEN|         |PTM|RECINVSID|E2H|           |Update|ABORT|     |attributes|
 *              +------+--------+------+------+         +---+---------+---+           +------+-----+- ~ -+----------+
 * </pre>
 * Changes take effect, and are acknowledged, before the write returns. What the specification calls guarded
 * is locked: CR2 and the stream table while SMMUEN is set, CR1 while anything is enabled. Any thread.
 */
final class Control {
    static final int SMMUEN = 1;
    static final int EVENTQEN = 1 << 2;
    static final int CMDQEN = 1 << 3;

    private static final int CR1_WRITABLE = 0xfff;
    private static final int E2H = 1;
    private static final int RECINVSID = 1 << 1;
    private static final int PTM = 1 << 2;
    private static final int GBPA_UPDATE = 1 << 31;
    private static final int GBPA_ABORT = 1 << 20;
    private static final int GBPA_WRITABLE = GBPA_ABORT | 0xf_3f1f;
    /** SHCFG 1: as incoming. */
    private static final int GBPA_RESET = 1 << 12;

    private final SmmuIds ids;
    private final SmmuCaches caches;
    private final Intervals intervals;
    private final CommandQueue commands;
    private final EventQueue events;
    private final Stalls stalls;

    private int attributes;
    private volatile int requested;
    private volatile int acknowledged;
    private volatile boolean translating;
    private volatile int options;
    private volatile int bypass = GBPA_RESET;
    private volatile long streamTable;
    private volatile int streamTableConfiguration;

    Control(SmmuIds ids, SmmuCaches caches, Intervals intervals, CommandQueue commands, EventQueue events,
            Stalls stalls) {
        this.ids = ids;
        this.caches = caches;
        this.intervals = intervals;
        this.commands = commands;
        this.events = events;
        this.stalls = stalls;
    }

    /** CR0. */
    int requested() {
        return requested;
    }

    /** CR0ACK. */
    int acknowledged() {
        return acknowledged;
    }

    boolean translating() {
        return translating;
    }

    /** GBPA.ABORT: transactions end with an abort while translation is off. */
    boolean abortsWhileOff() {
        return (bypass & GBPA_ABORT) != 0;
    }

    /** CR2.E2H: streams of EL2 have ASIDs. */
    boolean el2WithAsids() {
        return (options & E2H) != 0;
    }

    /** CR2.RECINVSID: C_BAD_STREAMID is recorded. */
    boolean recordsBadStreams() {
        return (options & RECINVSID) != 0;
    }

    long streamTable() {
        return streamTable;
    }

    int streamTableConfiguration() {
        return streamTableConfiguration;
    }

    int split() {
        return StreamTable.split(streamTableConfiguration);
    }

    synchronized int attributes() {
        return attributes;
    }

    int options() {
        return options;
    }

    int bypass() {
        return bypass;
    }

    /** A write to CR0. */
    synchronized void enable(int value) {
        int wanted = value & (SMMUEN | EVENTQEN | CMDQEN);
        int changed = wanted ^ acknowledged;
        requested = wanted;
        if ((changed & EVENTQEN) != 0) {
            events.enable((wanted & EVENTQEN) != 0);
        }
        if ((changed & SMMUEN) != 0) {
            caches.generation.begin();
            translating = (wanted & SMMUEN) != 0;
            caches.generation.end();
            if ((wanted & SMMUEN) == 0) {
                stalls.terminateAll();
            }
            // Transactions are wholly translated or wholly not before the change is acknowledged: 6.3.9.6.
            intervals.drain();
        }
        acknowledged = wanted;
        if ((changed & EVENTQEN) != 0) {
            stalls.queueChanged();
        }
        if ((changed & CMDQEN) != 0) {
            commands.enable((wanted & CMDQEN) != 0);
        }
    }

    /** A write to CR1. */
    synchronized void writeAttributes(int value) {
        if (requested == 0) {
            attributes = value & CR1_WRITABLE;
        }
    }

    /** A write to CR2. */
    synchronized void writeOptions(int value) {
        if (!translating()) {
            options = value & (RECINVSID | PTM | (ids.hypervisor() ? E2H : 0));
        }
    }

    /** A write to GBPA: without Update it does nothing. */
    synchronized void writeBypass(int value) {
        if ((value & GBPA_UPDATE) != 0) {
            caches.generation.begin();
            bypass = value & GBPA_WRITABLE;
            caches.generation.end();
            intervals.drain();
        }
    }

    synchronized void writeStreamTable(long value) {
        if (!translating()) {
            streamTable = value & StreamTable.BASE_WRITABLE;
        }
    }

    synchronized void writeStreamTableConfiguration(int value) {
        if (!translating()) {
            streamTableConfiguration = value & StreamTable.CFG_WRITABLE;
        }
    }
}
