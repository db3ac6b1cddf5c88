package org.iommu4j.vtd.entries;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Context entry of legacy mode, 128 bits, one a requester (section 9.3). Hardware fetches it whole, so one 128-bit
 * store changes a requester's translation without an instant in between.
 * <pre>
 *          63                                        24 23            8  7  6   3 2     0
 *         +--------------------------------------------+---------------+---+------+------+
 * word 1  |                     0                      |      DID      | 0 | IGN  |  AW  |
 *         +--------------------------------------------+---------------+---+------+------+
 *          63                                                  12 11   4 3     2  1    0
 *         +------------------------------------------------------+------+-------+---+----+
 * word 0  |                       SSPTPTR                        |  0   |  TT   |FPD| P  |
 *         +------------------------------------------------------+------+-------+---+----+
 * </pre>
 */
public final class ContextEntry {
    private static final Field P = Field.bit("P", 0, 0);
    /** Translation type: 0 second stage, 1 the same with device TLBs, 2 pass-through. */
    private static final Field TT = Field.bits("TT", 0, 3, 2);
    private static final Field SSPTPTR = Field.address("SSPTPTR", 0, 63, 12);
    private static final Field AW = Field.bits("AW", 1, 2, 0);
    private static final Field DID = Field.bits("DID", 1, 23, 8);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("context entry", 2, P, Field.bit("FPD", 0, 1), TT, SSPTPTR, AW,
            Field.bits("IGN", 1, 6, 3), DID);
    static final int BYTES = 16;

    private static final int SECOND_STAGE = 0;
    private static final int PASS_THROUGH = 2;

    private ContextEntry() {
    }

    static long low(Translation translation) {
        return switch (translation.kind()) {
            case SECOND_STAGE -> SSPTPTR.with(translation.root()) | TT.with(SECOND_STAGE) | P.mask();
            case IDENTITY -> TT.with(PASS_THROUGH) | P.mask();
            case BLOCKED -> 0;
            default -> throw new IllegalArgumentException("legacy mode has no " + translation);
        };
    }

    static long high(Translation translation) {
        return translation.isBlocked()
                ? 0 : AW.with(translation.levels() - Translation.AW_LEVELS) | DID.with(translation.domainId());
    }

    static Translation decode(long low, long high) {
        if (!P.in(low)) {
            return Translation.BLOCKED;
        }
        int levels = (int) AW.of(high) + Translation.AW_LEVELS;
        int domainId = (int) DID.of(high);
        if (TT.of(low) == SECOND_STAGE) {
            return Translation.secondStage(SSPTPTR.of(low), levels, domainId, false);
        }
        return TT.of(low) == PASS_THROUGH && domainId == Translation.IDENTITY_ID
                ? Translation.identity(levels) : Translation.foreign(levels, domainId);
    }
}
