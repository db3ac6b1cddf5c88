package org.iommu4j.hwsim.smmuv3;

/**
 * Where a stream's transactions go: what stream table entry and context descriptor say, decoded. One a device thread,
 * filled by {@link StreamLookup} and {@link ContextLookup}.
 */
final class Target {
    /** Kinds of rights in {@link Translation}. */
    private static final int USER = 0;
    private static final int PRIVILEGED = 3;
    /** Places of {@link #tags}: those of an ASID, those that are global; then the same for two larger pages, split. */
    private static final int PLAIN_TAGS = 2;
    private static final int ALL_TAGS = 6;

    /** Translation is off: the address is used as it is. */
    boolean off;
    /** Transactions end with an abort, and nothing is recorded. */
    boolean aborts;
    /** A context descriptor was needed. */
    boolean described;
    /** Stages that translate; none: the address is used as it is, within the output size. */
    boolean firstOn;
    boolean secondOn;
    final Stage low = new Stage(false);
    final Stage high = new Stage(false);
    final Stage second = new Stage(true);
    /** {@link Regime} of the first stage. */
    int regime;
    int asid;
    /** Tag of the second stage alone. */
    int secondTag;
    int kind;
    boolean instruction;
    /** CD.S and CD.R, STE.S2S and STE.S2R: what happens to faults of a stage. */
    boolean firstStalls;
    boolean firstRecords;
    boolean secondStalls;
    boolean secondRecords;
    final Fault fault = new Fault();

    private final int[] lowTags = new int[ALL_TAGS];
    private final int[] highTags = new int[ALL_TAGS];

    void clear() {
        off = false;
        aborts = false;
        described = false;
        firstOn = false;
        secondOn = false;
        kind = USER;
        instruction = false;
        firstStalls = false;
        firstRecords = true;
        secondStalls = false;
        secondRecords = true;
        fault.clear();
    }

    boolean privileged() {
        return kind == PRIVILEGED;
    }

    /** Takes a stream table entry that neither aborts nor is illegal. */
    void stream(long[] ste, SmmuIds ids, Translations translations) {
        firstOn = StreamEntry.firstStage(ste);
        secondOn = StreamEntry.secondStage(ste);
        kind = StreamEntry.privileged(ste, ids) ? PRIVILEGED : USER;
        instruction = StreamEntry.instruction(ste, ids);
        if (secondOn) {
            second.second(ste, ids);
            secondTag = translations.tag(Regime.second(StreamEntry.vmid(ste)), Regime.GLOBAL);
            secondStalls = StreamEntry.stalls(ste);
            secondRecords = StreamEntry.records(ste);
        }
    }

    /** Takes a context descriptor that is not illegal. @param world {@link Regime} of the stream */
    void context(long[] cd, int world, SmmuIds ids, Translations translations) {
        described = true;
        regime = world;
        asid = ContextDescriptor.asid(cd);
        low.first(cd, 0, world == Regime.EL2, ids);
        if (world == Regime.EL2) {
            high.none();
        } else {
            high.first(cd, 1, false, ids);
        }
        firstStalls = ContextDescriptor.stalls(cd);
        firstRecords = ContextDescriptor.records(cd);
        fill(lowTags, low, translations);
        fill(highTags, high, translations);
    }

    /** Half of the first stage that an address is of: bit 55 decides. */
    Stage half(long va) {
        return (va & 1L << 55) == 0 ? low : high;
    }

    /** Where the first stage's translations of an address can be found; {@link #tagCount} of them. */
    int[] tags(Stage half) {
        return half == low ? lowTags : highTags;
    }

    int tagCount() {
        return secondOn ? ALL_TAGS : PLAIN_TAGS;
    }

    /**
     * The tag of a translation of both stages.
     *
     * @param size of the first stage's page
     * @param combined size of the translation
     */
    int tag(Stage half, boolean global, int size, int combined) {
        int place = global ? 1 : 0;
        if (combined < size) {
            place += size == splitSize(half, 0) ? PLAIN_TAGS : 2 * PLAIN_TAGS;
        }
        return tags(half)[place];
    }

    private void fill(int[] tags, Stage half, Translations translations) {
        int space = regime == Regime.EL2 ? Regime.GLOBAL : Regime.space(asid);
        tags[0] = translations.tag(regime, space);
        tags[1] = translations.tag(regime, Regime.GLOBAL);
        for (int i = 0; secondOn && i < 2; i++) {
            int size = half.disabled ? 1 : splitSize(half, i);
            tags[PLAIN_TAGS * (i + 1)] = translations.tag(regime, Regime.split(space, size));
            tags[PLAIN_TAGS * (i + 1) + 1] = translations.tag(regime, Regime.split(Regime.GLOBAL, size));
        }
    }

    /** The two pages of a granule that a smaller page of a second stage can split. */
    private static int splitSize(Stage half, int index) {
        int granule = half.granuleLg2;
        return Translation.size(granule == 12 ? half.shift(2 - index) : half.shift(3 - index));
    }
}
