package org.iommu4j.vtd.entries;

import java.util.List;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * First-stage paging entry, 64 bits (section 9.7), as shown to people; the page-table library writes them.
 * <pre>
 *  63  62 52 51                              12 11 10   9   8   7   6   5   4   3   2   1   0
 * +---+-----+----------------------------------+--+---+---+---+---+---+---+---+---+---+---+---+
 * |XD |  0  |               ADDR               |0 |EA | 0 | G |PS | D | A |PCD|PWT|US |RW | P |
 * +---+-----+----------------------------------+--+---+---+---+---+---+---+---+---+---+---+---+
 * </pre>
 * PS makes an entry above the last level a leaf; in the last level that bit is PAT. D and G are of leaves only.
 */
public final class FirstStageEntry {
    private static final Field P = Field.bit("P", 0, 0);
    private static final Field RW = Field.bit("RW", 0, 1);
    private static final Field US = Field.bit("US", 0, 2);
    private static final Field PWT = Field.bit("PWT", 0, 3);
    private static final Field PCD = Field.bit("PCD", 0, 4);
    private static final Field A = Field.bit("A", 0, 5);
    private static final Field PS = Field.bit("PS", 0, 7);
    private static final Field EA = Field.bit("EA", 0, 10);
    private static final Field ADDR = Field.address("ADDR", 0, 51, 12);
    private static final Field XD = Field.bit("XD", 0, 63);
    /** An entry that leads to a table. */
    public static final Layout TABLE = Layout.of("first-stage table entry", 1, P, RW, US, PWT, PCD, A, PS, EA, ADDR,
            XD);
    /** An entry that maps a page. */
    public static final Layout LEAF = Layout.of("first-stage page entry", 1, P, RW, US, PWT, PCD, A,
            Field.bit("D", 0, 6), PS, Field.bit("G", 0, 8), EA, ADDR, XD);

    private FirstStageEntry() {
    }

    /** @param level 0 for the last one */
    public static WalkStep step(int level, long pa, long entry) {
        Layout layout = level == 0 || PS.in(entry) ? LEAF : TABLE;
        return new WalkStep(layout.name() + ", level " + (level + 1), pa, List.of(entry), layout.decode(entry));
    }
}
