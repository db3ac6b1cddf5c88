package org.iommu4j.vtd.firmware;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.acpi.AcpiTable;
import org.iommu4j.acpi.Region;

/**
 * The DMA remapping reporting table as it is (section 8.1). Each remapping structure begins with a 16-bit type and a
 * 16-bit length.
 * <pre>
 *  0               36   37      38       48
 * +---------------+----+-------+--------+---------------------------
 * |  ACPI header  |HAW | flags |   0    | remapping structures
 * +---------------+----+-------+--------+---------------------------
 * </pre>
 *
 * @param hostAddressBits width of a physical address
 * @param structures in the order of the table, of all types
 */
record DmarTable(int hostAddressBits, List<Structure> structures) {
    static final String SIGNATURE = "DMAR";

    /** DMA remapping hardware unit definition. */
    static final int DRHD = 0;
    /** Reserved memory region reporting. */
    static final int RMRR = 1;
    /** Root port ATS capability reporting. */
    static final int ATSR = 2;
    /** Remapping hardware static affinity. */
    static final int RHSA = 3;
    /** ACPI name-space device declaration. */
    static final int ANDD = 4;
    /** SoC integrated address translation cache reporting. */
    static final int SATC = 5;
    /** SoC integrated device property reporting. */
    static final int SIDP = 6;
    /** The highest type that the specification defines. */
    static final int LAST_TYPE = SIDP;

    private static final int HOST_ADDRESS_WIDTH = 36;
    private static final int STRUCTURES = 48;
    private static final int LENGTH_OFFSET = 2;
    private static final int LENGTH_BYTES = 2;

    /**
     * One remapping structure; fields that its type does not have are 0.
     *
     * @param offset in the table
     * @param flags byte 4 of DRHD, ATSR, SATC
     * @param size byte 5 of DRHD, as it is
     * @param base register base of DRHD and RHSA, first address of RMRR
     * @param limit last address of RMRR
     */
    record Structure(int type, int offset, int flags, int size, int segment, long base, long limit,
            List<DmarScope> scopes) {
    }

    /** @throws org.iommu4j.api.IommuException BAD_INPUT, naming offset and field */
    static DmarTable parse(byte[] bytes) {
        Region table = AcpiTable.parse(SIGNATURE, bytes).region();
        List<Structure> structures = new ArrayList<>();
        int hostAddressBits = table.u8(HOST_ADDRESS_WIDTH, "host address width") + 1;
        table.walk(STRUCTURES, LENGTH_OFFSET, LENGTH_BYTES, "remapping structure",
                region -> structures.add(structure(region)));
        return new DmarTable(hostAddressBits, List.copyOf(structures));
    }

    /**
     * Where the fields of each type stand.
     * <pre>
     *        4       5      6         8         16          24
     *       +-------+------+---------+---------+-----------+--------
     * DRHD  | flags | size | segment |  base   | scopes
     * RMRR  |      0       | segment |  base   |   limit   | scopes
     * ATSR  | flags |  0   | segment | scopes
     * SATC  | flags |  0   | segment | scopes
     * SIDP  |      0       | segment | scopes
     * RHSA  |           0            |  base   | proximity domain
     * ANDD  |      0       | number  | name
     * </pre>
     */
    private static Structure structure(Region region) {
        int type = region.u16(0, "type");
        return switch (type) {
            case DRHD -> new Structure(type, region.start(), region.u8(4, "DRHD flags"), region.u8(5, "DRHD size"),
                    region.u16(6, "DRHD segment"), region.u64(8, "DRHD register base"), 0, scopes(region, 16));
            case RMRR -> new Structure(type, region.start(), 0, 0, region.u16(6, "RMRR segment"),
                    region.u64(8, "RMRR base"), region.u64(16, "RMRR limit"), scopes(region, 24));
            case ATSR, SATC, SIDP -> new Structure(type, region.start(), region.u8(4, "flags"), 0,
                    region.u16(6, "segment"), 0, 0, scopes(region, 8));
            case RHSA -> new Structure(type, region.start(), 0, 0, 0, region.u64(8, "RHSA register base"), 0,
                    List.of());
            default -> new Structure(type, region.start(), 0, 0, 0, 0, 0, List.of());
        };
    }

    private static List<DmarScope> scopes(Region structure, int from) {
        List<DmarScope> scopes = new ArrayList<>();
        structure.walk(from, DmarScope.LENGTH_OFFSET, DmarScope.LENGTH_BYTES, "device scope",
                region -> scopes.add(DmarScope.parse(region)));
        return List.copyOf(scopes);
    }
}
