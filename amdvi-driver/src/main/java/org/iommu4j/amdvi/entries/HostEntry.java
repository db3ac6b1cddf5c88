package org.iommu4j.amdvi.entries;

import java.util.List;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * An entry of a host (v1) page table as text; {@link org.iommu4j.pagetable.amdv1.AmdV1Entry} has the diagram (section
 * 2.2.3).
 */
public final class HostEntry {
    private static final Field PR = Field.bit("PR", 0, 0);
    private static final Field NEXT_LEVEL = Field.bits("NextLevel", 0, 11, 9);
    private static final Field ADDRESS = Field.address("ADDR", 0, 51, 12);
    private static final Field IR = Field.bit("IR", 0, 61);
    private static final Field IW = Field.bit("IW", 0, 62);
    /** An entry that links a table. */
    public static final Layout TABLE =
            Layout.of("host table entry", 1, PR, Field.bit("A", 0, 5), NEXT_LEVEL, ADDRESS, IR, IW);
    /** An entry that maps a page. */
    public static final Layout LEAF = Layout.of("host page entry", 1, PR, Field.bit("A", 0, 5), Field.bit("D", 0, 6),
            NEXT_LEVEL, ADDRESS, Field.bit("U", 0, 59), Field.bit("FC", 0, 60), IR, IW);

    private static final int OTHER_SIZE = 7;

    private HostEntry() {
    }

    /** @param level 0 is the last */
    public static WalkStep step(int level, long pa, long entry) {
        long next = NEXT_LEVEL.of(entry);
        boolean leaf = level == 0 || next == OTHER_SIZE || PR.in(entry) && next == 0;
        Layout layout = leaf ? LEAF : TABLE;
        return new WalkStep(layout.name() + ", level " + (level + 1), pa, List.of(entry), layout.decode(entry));
    }
}
