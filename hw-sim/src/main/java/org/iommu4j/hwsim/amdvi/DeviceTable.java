package org.iommu4j.hwsim.amdvi;

import org.iommu4j.hwsim.cache.Generation;

/**
 * From device id to device table entry, through the cache. AMD 48882 section 2.2.2; conditions in the order of table 7.
 * One a device thread. An illegal entry is not kept: it is fetched again by the next request.
 */
final class DeviceTable {
    static final int INTERRUPTS_FORWARDED = 1;

    private static final int ACCESSED = 1;
    private static final int ACCESSED_AND_DIRTY = 3;

    private final AmdCapabilities caps;
    private final Control control;
    private final TranslationCaches caches;
    private final EntryFetch fetch;
    private final Counts counts;
    private final long[] words = new long[DeviceTableEntry.WORDS];

    DeviceTable(AmdCapabilities caps, Control control, TranslationCaches caches, EntryFetch fetch, Counts counts) {
        this.caps = caps;
        this.control = control;
        this.caches = caches;
        this.fetch = fetch;
        this.counts = counts;
    }

    /**
     * @param remembered {@link Generation#current} from before
     * @return false with {@link Target#fault} set if every request of the device is refused
     */
    boolean find(int device, long remembered, Target target) {
        target.forward();
        long key = TranslationCaches.deviceKey(device);
        if (caches.devices.get(key, words)) {
            counts.add(Counts.DEVICE_HITS);
        } else {
            counts.add(Counts.DEVICE_MISSES);
            if (!fetch(device, target)) {
                return false;
            }
            caches.devices.put(key, words, remembered);
        }
        decode(target);
        return true;
    }

    private boolean fetch(int device, Target target) {
        long at = (long) device << DeviceTableEntry.BYTES_LG2;
        if (at >= control.deviceTableBytes()) {
            return target.refuse(Event.PAGE_FAULT);
        }
        counts.add(Counts.MEMORY_REFERENCES);
        long pa = control.deviceTable() + at;
        fetch.fetchDevice(pa, control.coherent(), words);
        if (fetch.failed()) {
            return target.refuse(Event.DEVICE_TABLE_ERROR | Event.MASTER_ABORT, pa);
        }
        long refusal = DeviceTableEntry.refusal(words, caps);
        if (refusal != 0) {
            decodeEvents(target);
            return target.refuse(refusal);
        }
        return true;
    }

    private void decode(Target target) {
        if (DeviceTableEntry.interruptsControlled(words[2])) {
            target.interruptControl = DeviceTableEntry.interruptControl(words[2]);
        }
        if (!DeviceTableEntry.valid(words[0])) {
            return;
        }
        target.forwarded = false;
        decodeEvents(target);
        target.excluded = DeviceTableEntry.excluded(words[1]);
        target.portControl = DeviceTableEntry.portControl(words[1]);
        target.systemManagement = DeviceTableEntry.systemManagement(words[1]);
        target.untranslatable = !DeviceTableEntry.translationValid(words[0]);
        if (!target.untranslatable) {
            decodeTranslation(target);
        }
    }

    private void decodeEvents(Target target) {
        target.suppressAll = DeviceTableEntry.suppressesAll(words[1]);
        target.suppressFurther = DeviceTableEntry.suppressesFurther(words[1]);
        target.domain = DeviceTableEntry.domain(words[1]);
    }

    private void decodeTranslation(Target target) {
        target.rights = DeviceTableEntry.rights(words[0]);
        target.hostLevels = DeviceTableEntry.mode(words[0]);
        target.hostRoot = DeviceTableEntry.hostRoot(words[0]);
        target.hostTag = target.hostLevels == DeviceTableEntry.MODE_NONE ? 0 : caches.hostTag(target.domain);
        int marks = DeviceTableEntry.accessedDirty(words[0]);
        target.accessed = marks >= ACCESSED ? HostWalk.ACCESSED : 0;
        target.dirty = marks == ACCESSED_AND_DIRTY ? HostWalk.DIRTY : 0;
        target.snooped = DeviceTableEntry.snooped(words[1]);
        target.guest = DeviceTableEntry.guest(words[0]) && control.guestTranslation();
        target.guestProtection = target.guest && DeviceTableEntry.guestProtection(words[0]);
        target.guestPointerLevels = DeviceTableEntry.guestPointerLevels(words[0]);
        target.guestPointers = DeviceTableEntry.guestPointers(words[0], words[1]);
        target.guestLevels = DeviceTableEntry.guestLevels(words[2]);
    }
}
