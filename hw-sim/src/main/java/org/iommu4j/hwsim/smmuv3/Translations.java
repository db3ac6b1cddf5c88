package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.hwsim.cache.PageCache;
import org.iommu4j.hwsim.cache.TagTable;

/**
 * IOTLB and walk cache by {@link Regime}, and what the commands of Arm IHI 0070, 4.4 remove from them. Look-ups: any
 * thread. Removals: within an invalidation of {@link SmmuCaches}.
 */
final class Translations {
    /** Log2 of what a table below the first one can cover, ascending. */
    static final int[] TABLE_SIZES = {21, 25, 29, 30, 36, 39, 42, 47};

    final PageCache iotlb;
    final PageCache walk;
    private final TagTable tags = new TagTable();

    Translations(PageCache iotlb, PageCache walk) {
        this.iotlb = iotlb;
        this.walk = walk;
    }

    /** The tag of a regime's space. */
    int tag(int regime, int space) {
        return tags.tag(regime, space);
    }

    /** Index of a table's size in the walk cache. */
    static int tableSize(int lg2) {
        int size = 0;
        while (TABLE_SIZES[size] != lg2) {
            size++;
        }
        return size;
    }

    void removeRegimes(int first, int last) {
        tags.forgetDomains(first, last);
    }

    void removeRegime(int regime) {
        tags.forgetDomain(regime);
    }

    /** What is not global, of one ASID. */
    void removeAsid(int regime, int asid) {
        for (int size = 0; size < Translation.SIZES.length; size++) {
            tags.forget(regime, Regime.split(Regime.space(asid), size));
        }
    }

    /** Of one ASID, and what is global. @param asid or a negative number for all */
    void removePages(int regime, int asid, InvalidationRange range) {
        tags.visit(regime, (space, tag) -> {
            int plain = space & Regime.split(0, 1) - 1;
            if (asid < 0 || plain == Regime.GLOBAL || plain == Regime.space(asid)) {
                remove(tag, Regime.splitFrom(space), range);
            }
        });
    }

    boolean runsOut() {
        return tags.runsOut();
    }

    void restart() {
        iotlb.clear();
        walk.clear();
        tags.restart();
    }

    private void remove(int tag, int splitFrom, InvalidationRange range) {
        if (splitFrom > 0) {
            if (range.removes(splitFrom)) {
                long page = 1L << Translation.SIZES[splitFrom];
                iotlb.removeTouching(tag, range.first & -page, range.last | page - 1);
            }
            return;
        }
        for (int size = 0; size < Translation.SIZES.length; size++) {
            if (range.removes(size)) {
                iotlb.removeTouching(size, tag, range.first, range.last);
            }
        }
        for (int size = 0; size < TABLE_SIZES.length; size++) {
            if (range.removesTables(size)) {
                walk.removeTouching(size, tag, range.first, range.last);
            }
        }
    }
}
