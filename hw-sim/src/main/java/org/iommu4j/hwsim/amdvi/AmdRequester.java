package org.iommu4j.hwsim.amdvi;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.cache.Generation;
import org.iommu4j.hwsim.cache.Intervals;
import org.iommu4j.hwsim.machine.Requester;

/**
 * One device thread's port. AMD 48882 section 2.1 to 2.2. It keeps what its last source resolved to and its last
 * translation, and drops both at any invalidation or change of control, so a burst looks them up once. Such a use
 * counts as a hit of the caches that it stands for.
 */
final class AmdRequester implements Requester {
    private static final long PAGE = -1L << HostWalk.PAGE_LG2;
    private static final long NO_PAGE = 1;

    private final Control control;
    private final TranslationCaches caches;
    private final EventLog events;
    private final Intervals.Cell interval;
    private final Counts counts;
    private final DeviceTable devices;
    private final GuestPointers pointers;
    private final HostWalk host;
    private final GuestWalk guest;
    private final Target target = new Target();
    private long resolvedAt = -1;
    private int resolvedRid;
    private int resolvedPasid;
    /** The resolved source is translated by guest tables. */
    private boolean guestTables;
    /** Page of {@link #lastBase}; {@link #NO_PAGE} if there is none. Only good for the source that is resolved. */
    private long lastPage = NO_PAGE;
    private long lastBase;
    private int lastUsable;

    AmdRequester(AmdCapabilities caps, Control control, TranslationCaches caches, EventLog events,
            Intervals.Cell interval, EntryFetch fetch, Counts counts) {
        this.control = control;
        this.caches = caches;
        this.events = events;
        this.interval = interval;
        this.counts = counts;
        this.devices = new DeviceTable(caps, control, caches, fetch, counts);
        this.host = new HostWalk(caps, caches, fetch, counts);
        GuestMemory memory = new GuestMemory(host);
        this.pointers = new GuestPointers(caps, caches, fetch, counts, memory);
        this.guest = new GuestWalk(caps, caches, fetch, counts, memory);
    }

    @Override
    public void enter() {
        interval.enter();
    }

    @Override
    public void exit() {
        interval.exit();
    }

    @Override
    public long translate(int rid, int pasid, long iova, int access) {
        counts.add(Counts.TRANSLATIONS);
        if (!control.translating()) {
            return iova;
        }
        long generation = caches.generation.current();
        if (generation == resolvedAt && rid == resolvedRid && pasid == resolvedPasid) {
            counts.add(Counts.DEVICE_HITS);
            if (guestTables) {
                counts.add(Counts.GUEST_HITS);
            }
        } else if (!resolve(generation, rid, pasid)) {
            return refuse(rid, pasid, iova, access);
        }
        if (SpecialAddresses.contains(iova)) {
            long answer = SpecialAddresses.answer(target, pasid != NO_PASID, iova, access);
            if (answer != SpecialAddresses.TRANSLATED) {
                return answer == SpecialAddresses.FORWARDED ? iova : refuse(rid, pasid, iova, access, answer);
            }
        }
        if (target.forwarded || pasid == NO_PASID && control.excludes(iova, target.excluded)) {
            return iova;
        }
        if (target.untranslatable) {
            return refuse(rid, pasid, iova, access, Event.PAGE_FAULT);
        }
        if ((access & ~target.rights) != 0) {
            return refuse(rid, pasid, iova, access, Event.PAGE_FAULT | Event.PR | Event.PE
                    | (guestTables ? Event.GN | Event.US : 0));
        }
        return throughTables(generation, rid, pasid, iova, access);
    }

    private long throughTables(long generation, int rid, int pasid, long iova, int access) {
        if ((iova & PAGE) == lastPage && (access & ~lastUsable) == 0) {
            counts.add(Counts.IOTLB_HITS);
            return lastBase | iova & ~PAGE;
        }
        long address = iova;
        int usable = target.rights;
        if (guestTables) {
            long word = guest.find(target, iova, access, generation);
            if (word == 0) {
                return refuse(rid, pasid, iova, access);
            }
            if ((access & ~HostWalk.usable(word)) != 0) {
                return refuse(rid, pasid, iova, access, Event.PAGE_FAULT | Event.GN | GuestWalk.refusal(word));
            }
            usable &= HostWalk.usable(word);
            address = HostWalk.apply(word, iova);
        }
        if (target.hostLevels != DeviceTableEntry.MODE_NONE) {
            long word = host.find(target, address, access, generation);
            if (word == 0) {
                return refuse(rid, pasid, address, access);
            }
            if ((access & ~HostWalk.usable(word)) != 0) {
                return refuse(rid, pasid, address, access, Event.PAGE_FAULT | HostWalk.refusal(word));
            }
            usable &= HostWalk.usable(word);
            address = HostWalk.apply(word, address);
        }
        lastPage = iova & PAGE;
        lastBase = address & PAGE;
        lastUsable = usable;
        return address;
    }

    private boolean resolve(long generation, int rid, int pasid) {
        resolvedAt = -1;
        lastPage = NO_PAGE;
        guestTables = false;
        if (!devices.find(rid, generation, target)) {
            return false;
        }
        boolean translated = !target.forwarded && !target.untranslatable;
        guestTables = translated && (pasid == NO_PASID ? target.guestProtection : target.guest);
        if (translated && pasid != NO_PASID && !guestTables) {
            return target.refuse(Event.PAGE_FAULT | Event.GN);
        }
        if (guestTables && !pointers.find(target, Math.max(pasid, 0), generation)) {
            return false;
        }
        resolvedAt = Generation.isQuiet(generation) ? generation : -1;
        resolvedRid = rid;
        resolvedPasid = pasid;
        return true;
    }

    private long refuse(int rid, int pasid, long address, int access, long event) {
        target.refuse(event);
        return refuse(rid, pasid, address, access);
    }

    private long refuse(int rid, int pasid, long address, int access) {
        counts.add(Counts.FAULTS);
        events.record(target, rid, Math.max(pasid, 0), (access & Protection.WRITE) != 0, address);
        return ABORT;
    }
}
