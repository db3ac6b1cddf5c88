package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.hwsim.cache.PageCache;

/**
 * The walk through the tables of one stage, from the lowest one that the walk cache knows. VMSAv8-64, Arm DDI 0487,
 * D8.2; faults: Arm IHI 0070, 7.3.12 to 7.3.16. A first stage's tables lie at addresses that a second stage may have
 * to translate. One a device thread.
 */
final class TableWalk {
    private static final long KNOWN = 1;
    private static final long TABLE = Translation.ADDRESS;
    private static final int LAST_LEVEL = 3;
    private static final long AGAIN = -1;

    private final PageCache known;
    private final TableFetch fetch;
    private final Counts counts;
    private final NestedWalk nested;

    TableWalk(PageCache known, TableFetch fetch, Counts counts, NestedWalk nested) {
        this.known = known;
        this.fetch = fetch;
        this.counts = counts;
        this.nested = nested;
    }

    /**
     * Walks, marks descriptors and fills the walk cache.
     *
     * @param address within the stage's input size
     * @param tag of the walk cache
     * @param through true if the tables' addresses are translated by the target's second stage
     * @param operation the class of a second stage's work
     * @return the {@link Translation}, which may refuse the access, or 0 with the target's fault set
     */
    long walk(Target target, Stage stage, long address, int tag, boolean through, int need, int operation,
            long remembered) {
        int level = stage.startLevel;
        long table = stage.table;
        long above = 0;
        boolean physical = !through;
        for (int below = LAST_LEVEL; below > stage.startLevel; below--) {
            long word = known(stage, below, tag, address);
            if (word != 0) {
                level = below;
                table = word & TABLE;
                above = word & Descriptors.HIERARCHY;
                physical = true;
                break;
            }
        }
        counts.add(level > stage.startLevel ? Counts.WALK_HITS : Counts.WALK_MISSES);
        boolean fresh = false;
        while (true) {
            long slot = table + stage.offset(address, level);
            long pa = physical ? slot : nested.table(target, slot, Translation.READ, remembered);
            if (pa == NestedWalk.REFUSED) {
                return 0;
            }
            if (fresh) {
                remember(target, stage, level, tag, address, physical ? table : pa - (slot - table), above, physical,
                        remembered);
            }
            long entry = entry(target, stage, pa, operation, address);
            if (entry == 0) {
                return 0;
            }
            if (!Descriptors.valid(entry, stage, level)) {
                return refuse(target, stage, Fault.F_TRANSLATION, operation, address);
            }
            boolean leaf = Descriptors.leaf(entry, level);
            long output = Descriptors.output(entry, leaf ? stage.shift(level) : stage.granuleLg2);
            if (output >>> stage.outputBits != 0) {
                return refuse(target, stage, Fault.F_ADDR_SIZE, operation, address);
            }
            if (leaf) {
                long word = leaf(target, stage, level, entry, above, pa, through ? slot : -1, need, operation, address,
                        remembered);
                if (word != AGAIN) {
                    return word;
                }
                continue;
            }
            above |= stage.second ? 0 : entry & Descriptors.HIERARCHY;
            table = output;
            physical = !through;
            fresh = true;
            level++;
            fetch.preempt();
        }
    }

    /** @return the descriptor, or 0 with the fault set if there is none or nobody answered */
    private long entry(Target target, Stage stage, long pa, int operation, long address) {
        counts.add(Counts.MEMORY_REFERENCES);
        long entry = fetch.fetch(pa);
        if (fetch.failed()) {
            return target.fault.aborted(stage.second, operation, address, pa);
        }
        return entry != 0 ? entry : refuse(target, stage, Fault.F_TRANSLATION, operation, address);
    }

    /** @param slot the descriptor's IPA, or -1 if it is at a physical address */
    private long leaf(Target target, Stage stage, int level, long entry, long above, long pa, long slot, int need,
            int operation, long address, long remembered) {
        long rights = Descriptors.rights(entry, above, stage);
        boolean clean = Descriptors.clean(entry, stage);
        boolean young = (entry & Descriptors.AF) == 0;
        if (young && !stage.marksAccess && !stage.accessFlagIgnored) {
            return refuse(target, stage, Fault.F_ACCESS, operation, address);
        }
        boolean allowed = (need & ~(int) (rights >>> target.kind)) == 0;
        long marked = allowed && stage.marksAccess ? entry | Descriptors.AF : entry;
        if (allowed && clean && (need & Translation.WRITE) != 0) {
            marked = Descriptors.dirtied(marked, stage);
            clean = false;
        }
        if (marked != entry) {
            if (slot >= 0 && nested.table(target, slot, Translation.WRITE, remembered) == NestedWalk.REFUSED) {
                return 0;
            }
            if (!fetch.update(pa, entry, marked)) {
                return AGAIN;
            }
        }
        int size = Translation.size(stage.shift(level));
        long output = Descriptors.output(entry, stage.shift(level));
        long passes = stage.marksAccess && (marked & Descriptors.AF) == 0 ? Translation.PASSES : 0;
        if (stage.second) {
            return Translation.second(output, size, rights, clean) | passes;
        }
        long global = (entry & Descriptors.NG) == 0 || stage.singlePrivilege ? Translation.GLOBAL : 0;
        return Translation.first(output, size, rights, clean) | passes | global;
    }

    private long known(Stage stage, int level, int tag, long address) {
        int size = Translations.tableSize(stage.shift(level - 1));
        return (known.present() & 1 << size) == 0 ? 0 : known.get(size, tag, address);
    }

    /** A table whose pages lie apart in physical memory is not remembered: its address is that of its first page. */
    private void remember(Target target, Stage stage, int level, int tag, long address, long table, long above,
            boolean physical, long remembered) {
        if (physical || (table & (1L << stage.granuleLg2) - 1) == 0
                && Translation.SIZES[nested.tableSize()] >= stage.granuleLg2) {
            known.put(Translations.tableSize(stage.shift(level - 1)), tag, address, table | above | KNOWN, remembered);
        }
    }

    private static long refuse(Target target, Stage stage, int type, int operation, long address) {
        return stage.second ? target.fault.second(type, operation, address) : target.fault.first(type);
    }
}
