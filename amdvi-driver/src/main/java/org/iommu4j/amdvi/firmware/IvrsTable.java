package org.iommu4j.amdvi.firmware;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.acpi.AcpiTable;
import org.iommu4j.acpi.Region;

/**
 * The I/O virtualization reporting structure as it is (chapter 5). Each block begins with type, flags and a 16-bit
 * length.
 * <pre>
 *  0               36     40     48
 * +---------------+------+------+--------------------
 * |  ACPI header  |IVinfo|  0   | IVHD and IVMD blocks
 * +---------------+------+------+--------------------
 * </pre>
 *
 * @param units IVHD blocks, in the order of the table
 * @param memory IVMD blocks, likewise
 * @param unknown offsets and types of the others
 */
record IvrsTable(List<Ivhd> units, List<Ivmd> memory, List<Unknown> unknown) {
    static final String SIGNATURE = "IVRS";

    /** The types of I/O virtualization hardware definitions, the one that knows more has the higher number. */
    static final int IVHD_10H = 0x10;
    static final int IVHD_11H = 0x11;
    static final int IVHD_40H = 0x40;
    /** I/O virtualization memory definitions: for all devices, for one, for a range. */
    static final int IVMD_ALL = 0x20;
    static final int IVMD_SELECT = 0x21;
    static final int IVMD_RANGE = 0x22;

    private static final int BLOCKS = 48;
    private static final int LENGTH_OFFSET = 2;
    private static final int LENGTH_BYTES = 2;
    private static final int ENTRIES_10H = 24;
    private static final int ENTRIES_LATER = 40;

    /**
     * One unit, as one block describes it.
     * <pre>
     *  0    1     2      4        6          8     16      18   20          24      32    40
     * +----+-----+------+--------+----------+-----+-------+----+-----------+-------+-----+--------
     * |type|flags|length|   id   |capability|base |segment|info|attributes |  EFR  |  0  | entries
     * +----+-----+------+--------+----------+-----+-------+----+-----------+-------+-----+--------
     *                                                                       10h: entries from 24
     * </pre>
     *
     * @param offset in the table
     * @param id of the unit's own PCI function
     * @param capability offset of its capability block in configuration space
     */
    record Ivhd(int type, int offset, int flags, int id, int capability, long base, int segment,
            List<DeviceEntry> entries) {
    }

    /**
     * One region of memory.
     * <pre>
     *  0    1     2      4       6        8        16      24      32
     * +----+-----+------+-------+--------+--------+-------+-------+
     * |type|flags|length|  id   |last id |   0    | start | length|
     * +----+-----+------+-------+--------+--------+-------+-------+
     * </pre>
     */
    record Ivmd(int type, int offset, int flags, int id, int lastId, long start, long length) {
    }

    /** A block of a type that the specification does not have. */
    record Unknown(int type, int offset) {
    }

    /** @throws org.iommu4j.api.IommuException BAD_INPUT, naming offset and field */
    static IvrsTable parse(byte[] bytes) {
        Region table = AcpiTable.parse(SIGNATURE, bytes).region();
        List<Ivhd> units = new ArrayList<>();
        List<Ivmd> memory = new ArrayList<>();
        List<Unknown> unknown = new ArrayList<>();
        table.walk(BLOCKS, LENGTH_OFFSET, LENGTH_BYTES, "block", region -> {
            int type = region.u8(0, "block type");
            switch (type) {
                case IVHD_10H, IVHD_11H, IVHD_40H -> units.add(ivhd(type, region));
                case IVMD_ALL, IVMD_SELECT, IVMD_RANGE -> memory.add(ivmd(type, region));
                default -> unknown.add(new Unknown(type, region.start()));
            }
        });
        return new IvrsTable(List.copyOf(units), List.copyOf(memory), List.copyOf(unknown));
    }

    private static Ivhd ivhd(int type, Region region) {
        int entriesAt = type == IVHD_10H ? ENTRIES_10H : ENTRIES_LATER;
        region.slice(0, entriesAt, "IVHD");
        List<DeviceEntry> entries = new ArrayList<>();
        region.walk(entriesAt, "device entry", DeviceEntry::size, entry -> entries.add(DeviceEntry.parse(entry)));
        return new Ivhd(type, region.start(), region.u8(1, "IVHD flags"), region.u16(4, "IVHD device id"),
                region.u16(6, "IVHD capability offset"), region.u64(8, "IVHD base"), region.u16(16, "IVHD segment"),
                List.copyOf(entries));
    }

    private static Ivmd ivmd(int type, Region region) {
        return new Ivmd(type, region.start(), region.u8(1, "IVMD flags"), region.u16(4, "IVMD device id"),
                region.u16(6, "IVMD last device id"), region.u64(16, "IVMD start"), region.u64(24, "IVMD length"));
    }
}
