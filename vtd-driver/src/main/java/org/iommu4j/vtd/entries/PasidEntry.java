package org.iommu4j.vtd.entries;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * PASID table entry, 512 bits (section 9.6). Hardware fetches 128 bits whole, no more. All that second-stage and
 * pass-through translation need lies in the first 128 bits, so one store changes from and to these; the pointer of the
 * first stage lies in the next, which the other types ignore. Words 3 to 7 are reserved.
 * <pre>
 *          63                                  12 11       8      6    5      4     2   1   0
 *         +--------------------------------------+---+-----+------+----+--------+---+---+
 * word 2  |               FSPTPTR                | 0   EAFE SMEP NXE WPE  FSPM  ERE  SRE |   first stage
 *         +--------------------------------------+---+-----+------+----+--------+---+---+
 *          63       32  31  30 29 27  26   25  24    23   22  16 15                       0
 *         +-----------+---+---+-----+----+---+-----+-----+------+---------------------------+
 * word 1  |    PAT    |PCD|PWT| EMT |EMTE|CD |PGSNP|PWSNP|  0   |            DID            |
 *         +-----------+---+---+-----+----+---+-----+-----+------+---------------------------+
 *          63                              12 11  10   9    8     6   5   4     2  1    0
 *         +----------------------------------+------+-----+--------+----+--------+---+-----+
 * word 0  |             SSPTPTR              |  0   |SSADE|  PGTT  |SSEE|   AW   |FPD|  P  |
 *         +----------------------------------+------+-----+--------+----+--------+---+-----+
 * </pre>
 */
public final class PasidEntry {
    private static final Field P = Field.bit("P", 0, 0);
    private static final Field AW = Field.bits("AW", 0, 4, 2);
    /** Translation type: 1 first stage, 2 second stage, 3 nested, 4 pass-through. */
    private static final Field PGTT = Field.bits("PGTT", 0, 8, 6);
    private static final Field SSPTPTR = Field.address("SSPTPTR", 0, 63, 12);
    private static final Field SSADE = Field.bit("SSADE", 0, 9);
    private static final Field DID = Field.bits("DID", 1, 15, 0);
    private static final Field PWSNP = Field.bit("PWSNP", 1, 23);
    /** First-stage paging mode: 0 four levels, 1 five. */
    private static final Field FSPM = Field.bits("FSPM", 2, 3, 2);
    private static final Field FSPTPTR = Field.address("FSPTPTR", 2, 63, 12);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("PASID entry", 8, P, Field.bit("FPD", 0, 1), AW,
            Field.bit("SSEE", 0, 5), PGTT, SSADE, SSPTPTR, DID, PWSNP,
            Field.bit("PGSNP", 1, 24), Field.bit("CD", 1, 25), Field.bit("EMTE", 1, 26), Field.bits("EMT", 1, 29, 27),
            Field.bit("PWT", 1, 30), Field.bit("PCD", 1, 31), Field.bits("PAT", 1, 63, 32), Field.bit("SRE", 2, 0),
            Field.bit("ERE", 2, 1), FSPM, Field.bit("WPE", 2, 4), Field.bit("NXE", 2, 5),
            Field.bit("SMEP", 2, 6), Field.bit("EAFE", 2, 7), FSPTPTR);
    static final int BYTES = 64;

    /** Where the words of the first stage begin. */
    static final int FIRST_STAGE_BYTES = 2 * Long.BYTES;

    private static final int FIRST_STAGE = 1;
    private static final int SECOND_STAGE = 2;
    private static final int PASS_THROUGH = 4;
    private static final int FSPM_LEVELS = 4;

    private PasidEntry() {
    }

    static long low(Translation translation) {
        long width = translation.isBlocked() ? 0 : AW.with(translation.levels() - Translation.AW_LEVELS);
        return switch (translation.kind()) {
            case FIRST_STAGE -> PGTT.with(FIRST_STAGE) | width | P.mask();
            case SECOND_STAGE -> SSPTPTR.with(translation.root()) | PGTT.with(SECOND_STAGE) | width
                    | SSADE.with(translation.marksWrites() ? 1 : 0) | P.mask();
            case IDENTITY -> PGTT.with(PASS_THROUGH) | width | P.mask();
            case BLOCKED -> 0;
            case FOREIGN -> throw new IllegalArgumentException("not written by this driver: " + translation);
        };
    }

    /** @param walksSnoop true if walks of the page table shall snoop processor caches, where that can be chosen */
    static long high(Translation translation, boolean walksSnoop) {
        return DID.with(translation.domainId()) | PWSNP.with(walksSnoop && translation.hasTable() ? 1 : 0);
    }

    /** The first word of the first stage, as far as the translation uses it. */
    static long firstStage(Translation translation) {
        return FSPTPTR.with(translation.root()) | FSPM.with(translation.levels() - FSPM_LEVELS);
    }

    static Translation decode(long low, long high, long firstStage) {
        if (!P.in(low)) {
            return Translation.BLOCKED;
        }
        int levels = (int) AW.of(low) + Translation.AW_LEVELS;
        int domainId = (int) DID.of(high);
        return switch ((int) PGTT.of(low)) {
            case FIRST_STAGE -> Translation.firstStage(FSPTPTR.of(firstStage), (int) FSPM.of(firstStage) + FSPM_LEVELS,
                    domainId);
            case SECOND_STAGE -> Translation.secondStage(SSPTPTR.of(low), levels, domainId, SSADE.in(low));
            case PASS_THROUGH -> domainId == Translation.IDENTITY_ID
                    ? Translation.identity(levels) : Translation.foreign(levels, domainId);
            default -> Translation.foreign(levels, domainId);
        };
    }
}
