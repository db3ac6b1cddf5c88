package org.iommu4j.smmuv3.entries;

import java.util.List;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Page table entries of both stages, 64 bits (DDI 0487, section D8.3), as shown to people; the page-table library
 * writes them.
 * <pre>
 *           63   62 61  60  59 58 55 54  53   52   51     47..12   11 10  9 8 7  6  5  4    2   1    0
 *         +----+------+---+---+-----+---+---+------+---+----------+--+--+----+----+--+-------+----+---+
 * table   | NS |APTbl |UXN|PXN|           0            |   ADDR   |            0             | 1  | V |
 * stage 1 |         0         | SW  |UXN|PXN|Contig|DBM|   ADDR   |nG|AF| SH | AP |NS|AttrIx |Type| V |
 * stage 2 |         0         | SW  |  XN   |Contig|DBM|   ADDR   | 0|AF| SH |S2AP| MemAttr  |Type| V |
 *         +-------------------+-----+-------+------+---+----------+--+--+----+----+----------+----+---+
 * </pre>
 */
public final class LeafEntry {
    private static final Field V = Field.bit("V", 0, 0);
    private static final Field TYPE = Field.bit("Type", 0, 1);
    private static final Field SH = Field.bits("SH", 0, 9, 8);
    private static final Field AF = Field.bit("AF", 0, 10);
    private static final Field ADDR = Field.address("ADDR", 0, 47, 12);
    private static final Field DBM = Field.bit("DBM", 0, 51);
    private static final Field CONTIG = Field.bit("Contig", 0, 52);
    private static final Field SW = Field.bits("SW", 0, 58, 55);
    /** Leads to a table. */
    public static final Layout TABLE = Layout.of("table descriptor", 1, V, TYPE, ADDR, Field.bit("PXNTable", 0, 59),
            Field.bit("UXNTable", 0, 60), Field.bits("APTable", 0, 62, 61), Field.bit("NSTable", 0, 63));
    /** Maps a page or block in stage 1. */
    public static final Layout STAGE1 = Layout.of("stage 1 descriptor", 1, V, TYPE, Field.bits("AttrIndx", 0, 4, 2),
            Field.bit("NS", 0, 5), Field.bits("AP", 0, 7, 6), SH, AF, Field.bit("nG", 0, 11), ADDR, DBM, CONTIG,
            Field.bit("PXN", 0, 53), Field.bit("UXN", 0, 54), SW);
    /** Maps a page or block in stage 2. */
    public static final Layout STAGE2 = Layout.of("stage 2 descriptor", 1, V, TYPE, Field.bits("MemAttr", 0, 5, 2),
            Field.bits("S2AP", 0, 7, 6), SH, AF, ADDR, DBM, CONTIG, Field.bits("XN", 0, 54, 53), SW);

    private static final int LAST_LOOKUP_LEVEL = 3;

    private LeafEntry() {
    }

    /** @param level 0 for the last one, which the architecture counts as 3 */
    public static WalkStep step(boolean stage1, int level, long pa, long entry) {
        boolean table = level > 0 && (!V.in(entry) || TYPE.in(entry));
        Layout layout = table ? TABLE : stage1 ? STAGE1 : STAGE2;
        return new WalkStep(layout.name() + ", level " + (LAST_LOOKUP_LEVEL - level), pa, List.of(entry),
                layout.decode(entry));
    }
}
