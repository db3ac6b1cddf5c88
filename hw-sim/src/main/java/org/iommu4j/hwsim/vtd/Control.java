package org.iommu4j.hwsim.vtd;

import org.iommu4j.hwsim.cache.Intervals;

/**
 * Global command and status, and the root-table address. VT-d specification 11.4.4, 11.4.5; 6.6 (setting the root-table
 * pointer).
 * <pre>
 *  GCMD, GSTS:  31    30    29   28     27    26   25   24     23
 *              +----+------+----+------+-----+-----+---+------+---+
 *              | TE | SRTP |SFL | EAFL | WBF | QIE |IRE|SIRTP |CFI|     only those that the unit has do anything
 *              +----+------+----+------+-----+-----+---+------+---+
 *  RTADDR:      63                12 11 10 9     0
 *              +--------------------+-----+-------+
 *              |        RTA         | TTM |   0   |     TTM: 0 legacy, 1 scalable
 *              +--------------------+-----+-------+
 * </pre>
 * Commands finish before the write returns. The table mode is locked while translation is enabled: a command to set a
 * pointer of another mode is not carried out, and RTPS stays clear. Any thread.
 */
final class Control {
    static final long TTM = 0b11L << 10;
    static final long TTM_SCALABLE = 1L << 10;

    private static final int TE = 1 << 31;
    private static final int SRTP = 1 << 30;
    private static final int QIE = 1 << 26;
    private static final long ROOT_WRITABLE = -1L << 10;

    private final VtdCapabilities caps;
    private final TranslationCaches caches;
    private final Intervals intervals;
    private final InvalidationQueue queue;

    private long rootRegister;
    private volatile int status;
    /** The pointer in force, and whether translation is on: what device threads read. */
    private volatile long root;
    private volatile boolean translating;

    Control(VtdCapabilities caps, TranslationCaches caches, Intervals intervals, InvalidationQueue queue) {
        this.caps = caps;
        this.caches = caches;
        this.intervals = intervals;
        this.queue = queue;
    }

    boolean translating() {
        return translating;
    }

    /** RTADDR_REG as latched by the last SRTP. */
    long root() {
        return root;
    }

    boolean scalable() {
        return (root & TTM) == TTM_SCALABLE;
    }

    boolean queueEnabled() {
        return (status & QIE) != 0;
    }

    int status() {
        return status;
    }

    synchronized long rootRegister() {
        return rootRegister;
    }

    synchronized void writeRootRegister(long value) {
        rootRegister = value & ROOT_WRITABLE;
    }

    /** A write to GCMD_REG. */
    synchronized void command(int command) {
        if ((command & SRTP) != 0) {
            setRoot();
        }
        if (caps.queuedInvalidation() && ((command ^ status) & QIE) != 0) {
            status ^= QIE;
            queue.enable((command & QIE) != 0);
        }
        if (((command ^ status) & TE) != 0) {
            caches.generation.begin();
            translating = (command & TE) != 0;
            caches.generation.end();
            // In-flight requests are wholly translated or wholly not before TES changes: 11.4.4, TE.
            intervals.drain();
            status ^= TE;
        }
    }

    private void setRoot() {
        status &= ~SRTP;
        if (translating && ((rootRegister ^ root) & TTM) != 0) {
            return;
        }
        caches.generation.begin();
        root = rootRegister;
        caches.generation.end();
        if (caps.rootPointerInvalidates()) {
            caches.invalidateAll();
            intervals.drain();
        }
        status |= SRTP;
    }
}
