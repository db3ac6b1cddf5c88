package org.iommu4j.amdvi.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Extended Feature Register (section 3.4, offset 0030h), as far as the driver asks for it.
 * <pre>
 *  52 51 49 48  36  32 15  14 13 12 11 10   9    8    7    6    5    4    3    2    1    0
 * +--+--+--+--+-------+------+-----+-----+----+----+----+----+----+----+----+----+----+----+
 * |HD| -|HA|GIO|PASmax|GLXSup|GATS |HATS | PC | HE | GA | IA |EFRW| GT | NX | XT |PPR |PreF|
 * +--+--+--+--+-------+------+-----+-----+----+----+----+----+----+----+----+----+----+----+
 * </pre>
 *
 * @param word 0 for a unit without the register
 */
public record ExtendedFeatures(long word) {
    private static final Field GT = Field.bit("GTSup", 0, 4);
    private static final Field IA = Field.bit("IASup", 0, 6);
    private static final Field HATS = Field.bits("HATS", 0, 11, 10);
    private static final Field GATS = Field.bits("GATS", 0, 13, 12);
    private static final Field GLX = Field.bits("GLXSup", 0, 15, 14);
    private static final Field PASMAX = Field.bits("PASmax", 0, 36, 32);
    private static final Field GIO = Field.bit("GIOSup", 0, 48);
    private static final Field HA = Field.bit("HASup", 0, 49);
    private static final Field HD = Field.bit("HDSup", 0, 52);
    /** The register. */
    public static final Layout LAYOUT = Layout.of("Extended Feature Register", 1, Field.bit("PreFSup", 0, 0),
            Field.bit("PPRSup", 0, 1), Field.bit("XTSup", 0, 2), Field.bit("NXSup", 0, 3), GT, Field.bit("EFRW", 0, 5),
            IA, Field.bit("GASup", 0, 7), Field.bit("HESup", 0, 8), Field.bit("PCSup", 0, 9), HATS, GATS, GLX,
            Field.bits("SmiFSup", 0, 17, 16), PASMAX, GIO, HA, HD);

    private static final int LEAST_LEVELS = 4;
    private static final int NO_HOST_TABLES = 3;
    private static final int INDEX_BITS = 9;

    /** True if INVALIDATE_IOMMU_ALL is there. */
    public boolean invalidatesAll() {
        return IA.in(word);
    }

    /** Levels of host (v1) tables that hardware walks, 4 to 6; 0 if it walks none. */
    public int hostLevels() {
        long hats = HATS.of(word);
        return hats == NO_HOST_TABLES ? 0 : LEAST_LEVELS + (int) hats;
    }

    /** True if requests without PASID can be translated by guest (v2) tables. */
    public boolean guestTables() {
        return GT.in(word) && GIO.in(word);
    }

    /** Levels of GCR3 tables that hold all PASIDs of the unit, as far as it walks so many: 1 to 3. */
    public int gcr3Levels() {
        int wanted = ((int) PASMAX.of(word) + INDEX_BITS) / INDEX_BITS;
        return Math.min(wanted, (int) GLX.of(word) + 1);
    }

    /** True if hardware can mark in host tables what is accessed and written. */
    public boolean marksWrites() {
        return HA.in(word) && HD.in(word);
    }
}
