package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.hwsim.machine.Requester;

/**
 * From stream table entry and SubstreamID to context descriptor, through the configuration cache. Arm IHI 0070,
 * 3.3.2, 5.3, 5.4. Under a second stage the tables of descriptors lie at IPAs. One a device thread.
 */
final class ContextLookup {
    private static final int FORMAT_LINEAR = 0;

    private final SmmuIds ids;
    private final SmmuCaches caches;
    private final TableFetch fetch;
    private final Counts counts;
    private final NestedWalk nested;
    private final long[] words = new long[ContextDescriptor.WORDS];

    ContextLookup(SmmuIds ids, SmmuCaches caches, TableFetch fetch, Counts counts, NestedWalk nested) {
        this.ids = ids;
        this.caches = caches;
        this.fetch = fetch;
        this.counts = counts;
        this.nested = nested;
    }

    /**
     * @param ste of a stream with a first stage
     * @param regime that the stream's translations are of
     * @param remembered generation from before
     * @return false with the target's fault set if the transaction must be refused
     */
    boolean find(long[] ste, int sid, int pasid, int regime, long remembered, Target target) {
        int contextsLg2 = ids.substreamBits() == 0 ? 0 : StreamEntry.contextsLg2(ste);
        int ssid = 0;
        if (pasid != Requester.NO_PASID) {
            if (contextsLg2 == 0 || pasid >>> contextsLg2 != 0) {
                return target.fault.configuration(Fault.C_BAD_SUBSTREAMID);
            }
            if (pasid == 0 && StreamEntry.defaultSubstream(ste) == StreamEntry.DSS_SUBSTREAM_0) {
                return target.fault.configuration(Fault.F_STREAM_DISABLED);
            }
            ssid = pasid;
        } else if (contextsLg2 > 0) {
            int without = StreamEntry.defaultSubstream(ste);
            if (without == StreamEntry.DSS_BYPASS) {
                target.firstOn = false;
                return true;
            }
            if (without != StreamEntry.DSS_SUBSTREAM_0) {
                return target.fault.configuration(Fault.F_STREAM_DISABLED);
            }
        }
        int format = contextsLg2 == 0 ? FORMAT_LINEAR : StreamEntry.contextFormat(ste);
        return load(ste, sid, ssid, contextsLg2, format, remembered, target) && decode(ste, regime, target);
    }

    private boolean decode(long[] ste, int regime, Target target) {
        boolean tagged = regime != Regime.EL2;
        if (ContextDescriptor.illegal(words, tagged ? 2 : 1, tagged, StreamEntry.stallsDisabled(ste), ids)) {
            return target.fault.configuration(Fault.C_BAD_CD);
        }
        target.context(words, regime, ids, caches.translations);
        return true;
    }

    private boolean load(long[] ste, int sid, int ssid, int contextsLg2, int format, long remembered, Target target) {
        long key = SmmuCaches.contextKey(sid, ssid);
        if (caches.contexts.get(key, words)) {
            counts.add(Counts.CD_HITS);
            return true;
        }
        counts.add(Counts.CD_MISSES);
        long at = address(ste, sid, ssid, contextsLg2, format, remembered, target);
        if (at == NestedWalk.REFUSED) {
            return false;
        }
        long pa = physical(at, remembered, target);
        if (pa == NestedWalk.REFUSED) {
            return false;
        }
        counts.add(Counts.MEMORY_REFERENCES);
        fetch.fetchStructure(pa, words);
        if (fetch.failed()) {
            return target.fault.fetch(Fault.F_CD_FETCH, pa);
        }
        caches.contexts.put(key, words, remembered);
        return true;
    }

    /** Where the descriptor lies, before a second stage; {@link NestedWalk#REFUSED} with the fault set. */
    private long address(long[] ste, int sid, int ssid, int contextsLg2, int format, long remembered, Target target) {
        int leafLg2 = ContextDescriptor.leafLg2(format);
        int tableLg2 = leafLg2 == 0 ? contextsLg2 + ContextDescriptor.BYTES_LG2
                : Math.max(ContextDescriptor.BYTES_LG2, contextsLg2 - leafLg2 + ContextDescriptor.LEVEL_1_LG2);
        long table = StreamEntry.contextPointer(ste) & -1L << tableLg2;
        if (leafLg2 == 0) {
            return table + ((long) ssid << ContextDescriptor.BYTES_LG2);
        }
        long descriptor = caches.contextTable(sid, ssid, leafLg2);
        if (descriptor == 0) {
            long at = table + ((long) (ssid >>> leafLg2) << ContextDescriptor.LEVEL_1_LG2);
            long pa = physical(at, remembered, target);
            if (pa == NestedWalk.REFUSED) {
                return pa;
            }
            counts.add(Counts.MEMORY_REFERENCES);
            descriptor = fetch.fetch(pa);
            if (fetch.failed()) {
                target.fault.fetch(Fault.F_CD_FETCH, pa);
                return NestedWalk.REFUSED;
            }
            if (!ContextDescriptor.level1Valid(descriptor)
                    || ContextDescriptor.level2(descriptor) >>> ids.outputBits() != 0) {
                target.fault.configuration(Fault.C_BAD_SUBSTREAMID);
                return NestedWalk.REFUSED;
            }
            caches.putContextTable(sid, ssid, leafLg2, descriptor, remembered);
            fetch.preempt();
        }
        long leaf = ContextDescriptor.level2(descriptor) & -1L << leafLg2 + ContextDescriptor.BYTES_LG2;
        return leaf + ((long) (ssid & (1 << leafLg2) - 1) << ContextDescriptor.BYTES_LG2);
    }

    private long physical(long address, long remembered, Target target) {
        if (!target.secondOn) {
            return address;
        }
        long word = nested.second(target, address, Translation.READ, Fault.CD, remembered);
        return word == 0 ? NestedWalk.REFUSED : word & Translation.ADDRESS | address & Translation.within(word);
    }
}
