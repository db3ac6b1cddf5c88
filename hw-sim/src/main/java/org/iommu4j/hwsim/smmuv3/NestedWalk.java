package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.hwsim.cache.PageCache;

/**
 * From an input address to a translation, by one stage or by one within the other, filling the IOTLB. Arm IHI 0070,
 * 3.3.2, 3.4.3; a translation of both stages is cached as one, those of the second stage on the way for themselves.
 * One a device thread.
 */
final class NestedWalk {
    /** No address: the second stage refused, and the target's fault says why. */
    static final long REFUSED = -1;

    private final PageCache iotlb;
    private final TableWalk firstTables;
    private final TableWalk secondTables;
    private int tableSize;

    NestedWalk(Translations translations, TableFetch fetch, Counts counts) {
        this.iotlb = translations.iotlb;
        this.firstTables = new TableWalk(translations.walk, fetch, counts, this);
        this.secondTables = new TableWalk(translations.walk, fetch, counts, this);
    }

    /**
     * The translation of a virtual address by the first stage, and the second if it is on.
     *
     * @param va within the half's input size
     * @return 0 with the target's fault set if there is none, or it refuses the access
     */
    long first(Target target, Stage half, long va, int need, long remembered) {
        if (half.disabled) {
            return target.fault.first(Fault.F_TRANSLATION);
        }
        boolean nested = target.secondOn;
        long word = firstTables.walk(target, half, va, target.tags(half)[0], need, Fault.IN, remembered);
        if (word == 0) {
            return 0;
        }
        if (!Translation.firstAllows(word, target.kind, need)) {
            return target.fault.first(Fault.F_PERMISSION);
        }
        int size = Translation.size(word);
        if (nested) {
            long ipa = word & Translation.ADDRESS | va & Translation.within(word);
            long under = second(target, ipa, need, Fault.IN, remembered);
            if (under == 0) {
                return 0;
            }
            word = Translation.combine(word, under, ipa);
        }
        if ((word & Translation.PASSES) == 0) {
            boolean global = (word & Translation.GLOBAL) != 0;
            int combined = Translation.size(word);
            iotlb.put(combined, target.tag(half, global, size, combined), va, word, remembered);
        }
        return word;
    }

    /**
     * The translation of an IPA by the second stage.
     *
     * @param operation {@link Fault#CD}, {@link Fault#TT} or {@link Fault#IN}
     * @return 0 with the target's fault set if there is none, or it refuses the access
     */
    long second(Target target, long ipa, int need, int operation, long remembered) {
        if (ipa >>> target.second.inputBits != 0) {
            return target.fault.second(Fault.F_TRANSLATION, operation, ipa);
        }
        long word = iotlb.find(target.secondTag, ipa);
        boolean usable = word != 0 && Translation.usable(word, target.kind, need);
        if (!usable && (word == 0 || Translation.secondAllows(word, target.kind, need))) {
            word = secondTables.walk(target, target.second, ipa, target.secondTag, need, operation, remembered);
            if (word == 0) {
                return 0;
            }
            if ((word & Translation.PASSES) == 0) {
                iotlb.put(Translation.size(word), target.secondTag, ipa, word, remembered);
            }
        }
        return Translation.secondAllows(word, target.kind, need) ? word
                : target.fault.second(Fault.F_PERMISSION, operation, ipa);
    }

    /** Where a first stage's descriptor lies. @return {@link #REFUSED} if the second stage refuses it */
    long table(Target target, long ipa, int need, long remembered) {
        long word = second(target, ipa, need, Fault.TT, remembered);
        if (word == 0) {
            target.fault.tableWrite = need == Translation.WRITE;
            return REFUSED;
        }
        tableSize = Translation.size(word);
        return word & Translation.ADDRESS | ipa & Translation.within(word);
    }

    /** Size of the page that the last descriptor was found in. */
    int tableSize() {
        return tableSize;
    }
}
