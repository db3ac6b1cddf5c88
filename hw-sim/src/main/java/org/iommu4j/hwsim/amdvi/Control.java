package org.iommu4j.hwsim.amdvi;

import org.iommu4j.hwsim.cache.Intervals;

/**
 * Control, device table base and exclusion range. AMD 48882 section 3.4.1 (device table base, MMIO offset 0), 3.4.4
 * (control, 18h), 3.4.5 (exclusion range, 20h and 28h).
 * <pre>
 *  device table base:  51:12 base, 8:0 size: (size + 1) * 4 KiB, 128 devices each
 *  control:  0 IommuEn, 1 HtTunEn, 2 EventLogEn, 3 EventIntEn, 4 ComWaitIntEn, 7:5 InvTimeOut, 8 PassPW, 9 ResPassPW,
 *            10 Coherent, 11 Isoc, 12 CmdBufEn, 16 GTEn (if GTSup), 47:46 HADUpdate (if HASup); the rest is reserved
 *  exclusion base:  51:12 base, 1 allow all devices, 0 enable; exclusion limit: 51:12
 * </pre>
 * What a device may use is changed between intervals: a write returns when no request uses the old values. A new device
 * table is not locked out by a running unit, and empties no cache: software invalidates (3.4.1). Any thread.
 */
final class Control {
    private static final long IOMMU_EN = 1;
    private static final long EVENT_LOG_EN = 1 << 2;
    private static final long EVENT_INT_EN = 1 << 3;
    private static final long COMPLETION_WAIT_INT_EN = 1 << 4;
    private static final long COHERENT = 1 << 10;
    private static final long COMMAND_BUFFER_EN = 1 << 12;
    private static final long GUEST_EN = 1 << 16;
    private static final long HAD_UPDATE = 0b11L << 46;
    private static final long ALWAYS_WRITABLE = 0x1fffL;

    private static final long POINTER = 0x000f_ffff_ffff_f000L;
    private static final long SIZE = 0x1ff;
    private static final int PAGE_LG2 = 12;
    private static final long EXCLUSION_EN = 1;
    private static final long ALLOW_ALL = 1 << 1;

    private final TranslationCaches caches;
    private final Intervals intervals;
    private final CommandBuffer commands;
    private final EventLog events;
    private final Status status;
    private final long writable;
    private volatile long control;
    private volatile long deviceTable;
    private volatile long exclusionBase;
    private volatile long exclusionLimit;

    Control(AmdCapabilities caps, TranslationCaches caches, Intervals intervals, CommandBuffer commands,
            EventLog events, Status status) {
        this.caches = caches;
        this.intervals = intervals;
        this.commands = commands;
        this.events = events;
        this.status = status;
        this.writable = ALWAYS_WRITABLE | (caps.guestTranslation() ? GUEST_EN : 0)
                | (caps.hostAccessed() ? HAD_UPDATE : 0);
    }

    boolean translating() {
        return (control & IOMMU_EN) != 0;
    }

    boolean coherent() {
        return (control & COHERENT) != 0;
    }

    boolean guestTranslation() {
        return (control & GUEST_EN) != 0;
    }

    long deviceTable() {
        return deviceTable & POINTER;
    }

    long deviceTableBytes() {
        return (deviceTable & SIZE) + 1 << PAGE_LG2;
    }

    /** True if an address is not translated. @param allowed DTE.EX */
    boolean excludes(long address, boolean allowed) {
        long range = exclusionBase;
        return (range & EXCLUSION_EN) != 0 && (allowed || (range & ALLOW_ALL) != 0)
                && Long.compareUnsigned(address, range & POINTER) >= 0
                && Long.compareUnsigned(address, exclusionLimit | (1L << PAGE_LG2) - 1) <= 0;
    }

    long control() {
        return control;
    }

    long deviceTableRegister() {
        return deviceTable;
    }

    long exclusionBase() {
        return exclusionBase;
    }

    long exclusionLimit() {
        return exclusionLimit;
    }

    synchronized void writeControl(long value) {
        long written = value & writable;
        long changed = written ^ control;
        caches.generation.begin();
        control = written;
        caches.generation.end();
        status.enable(((written & EVENT_INT_EN) != 0 ? Status.EVENT_LOG_INT | Status.EVENT_OVERFLOW : 0)
                | ((written & COMPLETION_WAIT_INT_EN) != 0 ? Status.COMPLETION_WAIT_INT : 0));
        if ((changed & (IOMMU_EN | GUEST_EN)) != 0) {
            intervals.drain();
        }
        if ((changed & (IOMMU_EN | EVENT_LOG_EN)) != 0) {
            events.enable(both(written, EVENT_LOG_EN));
        }
        if ((changed & (IOMMU_EN | COMMAND_BUFFER_EN)) != 0) {
            commands.enable(both(written, COMMAND_BUFFER_EN));
        }
    }

    private static boolean both(long control, long enable) {
        return (control & IOMMU_EN) != 0 && (control & enable) != 0;
    }

    synchronized void writeDeviceTable(long value) {
        change(() -> deviceTable = value & (POINTER | SIZE));
    }

    synchronized void writeExclusionBase(long value) {
        change(() -> exclusionBase = value & (POINTER | ALLOW_ALL | EXCLUSION_EN));
    }

    synchronized void writeExclusionLimit(long value) {
        change(() -> exclusionLimit = value & POINTER);
    }

    private void change(Runnable store) {
        caches.generation.begin();
        store.run();
        caches.generation.end();
        intervals.drain();
    }
}
