package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.hwsim.machine.Requester;

/**
 * From StreamID to stream table entry, through the configuration cache. Arm IHI 0070, 3.3.1, 5.1, 5.2; events in the
 * order of 7.3.22. One a device thread.
 */
final class StreamLookup {
    private final SmmuIds ids;
    private final Control control;
    private final SmmuCaches caches;
    private final TableFetch fetch;
    private final Counts counts;
    private final ContextLookup contexts;
    private final long[] words = new long[StreamEntry.WORDS];

    StreamLookup(SmmuIds ids, Control control, SmmuCaches caches, TableFetch fetch, Counts counts,
            NestedWalk nested) {
        this.ids = ids;
        this.control = control;
        this.caches = caches;
        this.fetch = fetch;
        this.counts = counts;
        this.contexts = new ContextLookup(ids, caches, fetch, counts, nested);
    }

    /**
     * @param remembered generation from before
     * @return false with the target's fault set if the transaction must be refused
     */
    boolean find(int sid, int pasid, long remembered, Target target) {
        if (ids.substreamBits() == 0 && pasid != Requester.NO_PASID) {
            return target.fault.configuration(Fault.C_BAD_SUBSTREAMID);
        }
        if (!load(sid, remembered, target)) {
            return false;
        }
        if (StreamEntry.valid(words) && StreamEntry.aborts(words)) {
            target.aborts = true;
            return true;
        }
        if (!StreamEntry.valid(words) || StreamEntry.illegal(words, ids)) {
            return target.fault.configuration(Fault.C_BAD_STE);
        }
        target.stream(words, ids, caches.translations);
        if (!target.firstOn) {
            return pasid == Requester.NO_PASID || target.fault.configuration(Fault.C_BAD_SUBSTREAMID);
        }
        return contexts.find(words, sid, pasid, regime(), remembered, target);
    }

    private int regime() {
        if (StreamEntry.el2(words, ids)) {
            return control.el2WithAsids() ? Regime.EL2_E2H : Regime.EL2;
        }
        return Regime.first(ids.secondStage() ? StreamEntry.vmid(words) : 0);
    }

    private boolean load(int sid, long remembered, Target target) {
        int configuration = control.streamTableConfiguration();
        int sizeLg2 = StreamTable.sizeLg2(configuration, ids);
        if (sizeLg2 < Integer.SIZE && sid >>> sizeLg2 != 0) {
            return target.fault.configuration(Fault.C_BAD_STREAMID);
        }
        long key = SmmuCaches.streamKey(sid);
        if (caches.streams.get(key, words)) {
            counts.add(Counts.STE_HITS);
            return true;
        }
        counts.add(Counts.STE_MISSES);
        long pa = StreamTable.twoLevel(configuration, ids) ? secondLevel(sid, sizeLg2, remembered, target)
                : StreamTable.address(control.streamTable(), sizeLg2, StreamEntry.BYTES_LG2)
                        + ((long) sid << StreamEntry.BYTES_LG2);
        if (pa == NestedWalk.REFUSED) {
            return false;
        }
        counts.add(Counts.MEMORY_REFERENCES);
        fetch.fetchStructure(pa, words);
        if (fetch.failed()) {
            return target.fault.fetch(Fault.F_STE_FETCH, pa);
        }
        caches.streams.put(key, words, remembered);
        return true;
    }

    /** Where the entry lies, by a level-1 descriptor; {@link NestedWalk#REFUSED} with the fault set if it is not. */
    private long secondLevel(int sid, int sizeLg2, long remembered, Target target) {
        int split = StreamTable.split(control.streamTableConfiguration());
        int first = sid & -1 << split;
        long descriptor = caches.streamTable(first);
        if (descriptor == 0) {
            long table = StreamTable.address(control.streamTable(), Math.max(3, sizeLg2 - split),
                    StreamTable.DESCRIPTOR_LG2);
            long pa = table + ((long) (sid >>> split) << StreamTable.DESCRIPTOR_LG2);
            counts.add(Counts.MEMORY_REFERENCES);
            descriptor = fetch.fetch(pa);
            if (fetch.failed()) {
                target.fault.fetch(Fault.F_STE_FETCH, pa);
                return NestedWalk.REFUSED;
            }
            if (StreamTable.spanLg2(descriptor, split) >= 0) {
                caches.putStreamTable(first, descriptor, remembered);
            }
            fetch.preempt();
        }
        int spanLg2 = StreamTable.spanLg2(descriptor, split);
        int index = sid & (1 << split) - 1;
        if (spanLg2 < 0 || index >>> spanLg2 != 0) {
            target.fault.configuration(Fault.C_BAD_STREAMID);
            return NestedWalk.REFUSED;
        }
        return StreamTable.address(descriptor, spanLg2, StreamEntry.BYTES_LG2)
                + ((long) index << StreamEntry.BYTES_LG2);
    }
}
