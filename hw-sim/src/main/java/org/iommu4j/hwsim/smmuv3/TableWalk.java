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

    private Target target;
    private Stage stage;
    private long address;
    private int tag;
    private int need;
    private int operation;
    private long remembered;
    /** Where the walk is: a table, at a physical address or one that the second stage translates. */
    private int level;
    private long table;
    private boolean physical;
    /** What the table descriptors on the way say. */
    private long above;

    TableWalk(PageCache known, TableFetch fetch, Counts counts, NestedWalk nested) {
        this.known = known;
        this.fetch = fetch;
        this.counts = counts;
        this.nested = nested;
    }

    /**
     * Walks, marks descriptors and fills the walk cache.
     *
     * @param input an address within the stage's input size
     * @param cachedUnder tag of the walk cache
     * @param access what is needed: bits of {@link Translation}
     * @param work the class of a second stage's work
     * @param generation from before
     * @return the {@link Translation}, which may refuse the access, or 0 with the target's fault set
     */
    long walk(Target who, Stage tables, long input, int cachedUnder, int access, int work, long generation) {
        target = who;
        stage = tables;
        address = input;
        tag = cachedUnder;
        need = access;
        operation = work;
        remembered = generation;
        begin();
        boolean through = !stage.second && target.secondOn;
        boolean fresh = false;
        while (true) {
            long slot = table + stage.offset(address, level);
            boolean translated = !physical;
            long pa = translated ? nested.table(target, slot, Translation.READ, remembered) : slot;
            if (pa == NestedWalk.REFUSED) {
                return 0;
            }
            if (fresh) {
                remember(pa - (slot - table), translated);
            }
            long entry = entry(pa);
            if (entry == 0) {
                return 0;
            }
            if (Descriptors.leaf(entry, level)) {
                long word = leaf(entry, pa, translated ? slot : NestedWalk.REFUSED);
                if (word != AGAIN) {
                    return word;
                }
                fresh = false;
                continue;
            }
            above |= stage.second ? 0 : entry & Descriptors.HIERARCHY;
            table = Descriptors.output(entry, stage.granuleLg2);
            physical = !through;
            fresh = true;
            level++;
            fetch.preempt();
        }
    }

    /** At the lowest table that the walk cache knows, else at the first one. */
    private void begin() {
        for (int below = LAST_LEVEL; below > stage.startLevel; below--) {
            int size = tableSize(below);
            long word = (known.present() & 1 << size) == 0 ? 0 : known.get(size, tag, address);
            if (word != 0) {
                counts.add(Counts.WALK_HITS);
                level = below;
                table = word & TABLE;
                above = word & Descriptors.HIERARCHY;
                physical = true;
                return;
            }
        }
        counts.add(Counts.WALK_MISSES);
        level = stage.startLevel;
        table = stage.table;
        above = 0;
        physical = stage.second || !target.secondOn;
    }

    /** @return the descriptor, which is valid and points within the output size, or 0 with the fault set */
    private long entry(long pa) {
        counts.add(Counts.MEMORY_REFERENCES);
        long entry = fetch.fetch(pa);
        if (fetch.failed()) {
            return target.fault.aborted(stage.second, operation, address, pa);
        }
        if (!Descriptors.valid(entry, stage, level)) {
            return refuse(Fault.F_TRANSLATION);
        }
        int lg2 = Descriptors.leaf(entry, level) ? stage.shift(level) : stage.granuleLg2;
        return Descriptors.output(entry, lg2) >>> stage.outputBits == 0 ? entry : refuse(Fault.F_ADDR_SIZE);
    }

    /** @param slot the descriptor's IPA, or {@link NestedWalk#REFUSED} if only its physical address is known */
    private long leaf(long entry, long pa, long slot) {
        long rights = Descriptors.rights(entry, above, stage);
        boolean clean = Descriptors.clean(entry, stage);
        boolean young = (entry & Descriptors.AF) == 0;
        if (young && !stage.marksAccess && !stage.accessFlagIgnored) {
            return refuse(Fault.F_ACCESS);
        }
        boolean allowed = (need & ~(int) (rights >>> target.kind)) == 0;
        long marked = allowed && stage.marksAccess ? entry | Descriptors.AF : entry;
        if (allowed && clean && (need & Translation.WRITE) != 0) {
            marked = Descriptors.dirtied(marked, stage);
            clean = false;
        }
        if (marked != entry) {
            if (slot != NestedWalk.REFUSED
                    && nested.table(target, slot, Translation.WRITE, remembered) == NestedWalk.REFUSED) {
                return 0;
            }
            if (!fetch.update(pa, entry, marked)) {
                return AGAIN;
            }
        }
        long passes = stage.marksAccess && (marked & Descriptors.AF) == 0 ? Translation.PASSES : 0;
        return translation(entry, rights, clean) | passes;
    }

    private long translation(long entry, long rights, boolean clean) {
        int size = Translation.size(stage.shift(level));
        long output = Descriptors.output(entry, stage.shift(level));
        if (stage.second) {
            return Translation.second(output, size, rights, clean);
        }
        boolean global = (entry & Descriptors.NG) == 0 || stage.singlePrivilege;
        return Translation.first(output, size, rights, clean) | (global ? Translation.GLOBAL : 0);
    }

    /**
     * Two kinds of tables at IPAs are not remembered: those whose pages may lie apart in physical memory, and those
     * whose descriptors are marked, because the second stage has its say in that.
     */
    private void remember(long pa, boolean translated) {
        if (!translated || !stage.marksAccess && Translation.SIZES[nested.tableSize()] >= stage.granuleLg2) {
            known.put(tableSize(level), tag, address, pa | above | KNOWN, remembered);
        }
    }

    private int tableSize(int of) {
        return Translations.tableSize(stage.shift(of - 1));
    }

    private long refuse(int type) {
        return stage.second ? target.fault.second(type, operation, address) : target.fault.first(type);
    }
}
