package org.iommu4j.vtd.entries;

import java.util.List;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Second-stage paging entry, 64 bits (section 9.8), as shown to people; the page-table library writes them.
 * <pre>
 *  63 62 61 52 51                          12 11 10   9   8   7   6  5   3  2   1   0
 * +--+--+-----+------------------------------+---+--+---+---+---+----+-----+---+---+---+
 * |0 |TM|  0  |             ADDR             |SNP|0 | D | A |PS |IPAT| EMT | X | W | R |
 * +--+--+-----+------------------------------+---+--+---+---+---+----+-----+---+---+---+
 * </pre>
 * PS makes an entry above the last level a leaf. EMT, IPAT and TM are of leaves only.
 */
public final class SecondStageEntry {
    private static final Field R = Field.bit("R", 0, 0);
    private static final Field W = Field.bit("W", 0, 1);
    private static final Field X = Field.bit("X", 0, 2);
    private static final Field PS = Field.bit("PS", 0, 7);
    private static final Field A = Field.bit("A", 0, 8);
    private static final Field D = Field.bit("D", 0, 9);
    private static final Field SNP = Field.bit("SNP", 0, 11);
    private static final Field ADDR = Field.address("ADDR", 0, 51, 12);
    /** An entry that leads to a table. */
    public static final Layout TABLE = Layout.of("second-stage table entry", 1, R, W, X, PS, A, D, SNP, ADDR);
    /** An entry that maps a page. */
    public static final Layout LEAF = Layout.of("second-stage page entry", 1, R, W, X, Field.bits("EMT", 0, 5, 3),
            Field.bit("IPAT", 0, 6), PS, A, D, SNP, ADDR, Field.bit("TM", 0, 62));

    private SecondStageEntry() {
    }

    /** @param level 0 for the last one */
    public static WalkStep step(int level, long pa, long entry) {
        boolean leaf = level == 0 || PS.in(entry);
        Layout layout = leaf ? LEAF : TABLE;
        return new WalkStep(layout.name() + ", level " + (level + 1), pa, List.of(entry), layout.decode(entry));
    }
}
