package org.iommu4j.amdvi.entries;

import java.util.List;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * An entry of a guest (v2) page table as text (section 2.2.6); {@link org.iommu4j.pagetable.x86.X86Entry} has the
 * diagram.
 */
public final class GuestEntry {
    private static final Field P = Field.bit("P", 0, 0);
    private static final Field RW = Field.bit("RW", 0, 1);
    private static final Field US = Field.bit("US", 0, 2);
    private static final Field A = Field.bit("A", 0, 5);
    private static final Field PS = Field.bit("PS", 0, 7);
    private static final Field ADDRESS = Field.address("ADDR", 0, 51, 12);
    private static final Field NX = Field.bit("NX", 0, 63);
    private static final Layout TABLE = Layout.of("guest table entry", 1, P, RW, US, A, PS, ADDRESS, NX);
    private static final Layout LEAF =
            Layout.of("guest page entry", 1, P, RW, US, A, Field.bit("D", 0, 6), PS, ADDRESS, NX);

    private GuestEntry() {
    }

    /** @param level 0 is the last */
    public static WalkStep step(int level, long pa, long entry) {
        Layout layout = level == 0 || PS.in(entry) ? LEAF : TABLE;
        return new WalkStep(layout.name() + ", level " + (level + 1), pa, List.of(entry), layout.decode(entry));
    }
}
