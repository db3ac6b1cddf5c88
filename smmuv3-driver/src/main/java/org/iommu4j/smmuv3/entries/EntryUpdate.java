package org.iommu4j.smmuv3.entries;

/**
 * The order in which the words of an entry change so that hardware, which reads them one by one at any time, never acts
 * on anything but the old or the new entry (section 3.21.3).
 *
 * <p>Which bits hardware reads depends on what the entry says. First the bits that the old entry does not use are set
 * as the new one wants them. If then one word at most differs in bits that the new one uses, it is changed by one
 * store: before it all is the old entry, after it the new one. Last, bits that the new entry does not use are tidied.
 * Each step is followed by an invalidation, because hardware may have read the entry half-way before. If two words
 * would have to change at once, nobody can do it in place.
 */
public final class EntryUpdate {
    private static final int NONE = -1;

    private final long[] old;
    private final long[] now;
    /** The old entry, with what it does not use as the new one wants it. */
    private final long[] prepared;
    private int criticalWords;
    private int critical = NONE;

    /** Which bits of an entry hardware reads. */
    @FunctionalInterface
    public interface Use {
        /** @param used is filled */
        void of(long[] entry, long[] used);
    }

    /** Where the words go. */
    public interface Target {
        /** Stores one word, after all earlier ones. */
        void store(int word, long value);

        /** Makes hardware forget what it has read of the entry. */
        void sync();
    }

    public EntryUpdate(Use use, long[] old, long[] now) {
        this.old = old;
        this.now = now;
        this.prepared = new long[old.length];
        long[] usedByOld = new long[old.length];
        long[] usedByNow = new long[old.length];
        use.of(old, usedByOld);
        use.of(now, usedByNow);
        for (int word = 0; word < old.length; word++) {
            prepared[word] = old[word] & usedByOld[word] | now[word] & ~usedByOld[word];
            if (((prepared[word] ^ now[word]) & usedByNow[word]) != 0) {
                critical = word;
                criticalWords++;
            }
        }
    }

    /** True if it can be done in place. */
    public boolean isHitless() {
        return criticalWords <= 1;
    }

    /** Makes the change, if it is hitless. */
    public void run(Target target) {
        if (!isHitless()) {
            throw new IllegalStateException(criticalWords + " words would have to change at once");
        }
        long[] there = old.clone();
        for (int word = 0; word < there.length; word++) {
            prepared[word] = word == critical ? old[word] : prepared[word];
        }
        step(there, prepared, target);
        if (critical != NONE) {
            prepared[critical] = now[critical];
            step(there, prepared, target);
        }
        step(there, now, target);
    }

    private static void step(long[] there, long[] wanted, Target target) {
        boolean changed = false;
        for (int word = 0; word < there.length; word++) {
            if (there[word] != wanted[word]) {
                target.store(word, wanted[word]);
                there[word] = wanted[word];
                changed = true;
            }
        }
        if (changed) {
            target.sync();
        }
    }
}
