package org.iommu4j.hwsim.firmware;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.iommu4j.api.PciAddress;
import org.iommu4j.hwsim.definition.DeviceDefinition;

/** The units of an IVRS table: of the blocks for one unit the one of the highest type, {@link IvrsLayout}. */
public final class IvrsUnits implements TableUnits {
    private static final int INFORMATION = 36;
    private static final int PHYSICAL_SHIFT = 8;
    private static final int SIZE_MASK = 0x7f;
    private static final int LEAST_BITS = 32;
    private static final int MOST_BITS = 52;
    private static final Set<Integer> HARDWARE = Set.of(IvrsLayout.IVHD_10, 0x11, 0x40);
    private static final int LONG_ENTRIES = 0x40;
    private static final int NAMED_ENTRY = 0xf0;
    private static final int NAMED_SIZE = 22;

    private final TableBytes table;
    private final Map<Integer, Integer> blocks = new TreeMap<>();
    private final List<Placed> placed = new ArrayList<>();

    /**
     * @param file for messages only
     * @throws org.iommu4j.api.IommuException BAD_INPUT, naming file, offset and field
     */
    public IvrsUnits(String file, byte[] bytes, List<DeviceDefinition> devices) {
        table = new TableBytes(file, bytes, IvrsLayout.SIGNATURE);
        int size;
        for (int at = IvrsLayout.HEADER_SIZE; at < table.length(); at += size) {
            size = table.u16(at + 2, "block length");
            if (size < Integer.BYTES || size > table.length() - at) {
                throw table.refuse(at + 2, "block length", "is " + size);
            }
            if (HARDWARE.contains(table.u8(at, "type"))) {
                int key = table.u16(at + 16, "segment") << Short.SIZE | table.u16(at + 4, "device id");
                blocks.merge(key, at, (was, now) -> table.u8(now, "type") > table.u8(was, "type") ? now : was);
            }
        }
        Set<PciAddress> taken = new HashSet<>();
        blocks.forEach((key, at) -> placed.add(unit(key, at, devices, taken)));
    }

    private Placed unit(int key, int at, List<DeviceDefinition> devices, Set<PciAddress> taken) {
        int segment = key >>> Short.SIZE;
        boolean alone = blocks.keySet().stream().filter(other -> other >>> Short.SIZE == segment).count() == 1;
        List<PciAddress> scopes = new ArrayList<>();
        if (!alone) {
            List<int[]> ranges = ranges(at);
            devices.stream().map(DeviceDefinition::address).filter(address -> address.segment() == segment
                    && ranges.stream().anyMatch(range -> range[0] <= address.rid() && address.rid() <= range[1]))
                    .filter(taken::add).forEach(scopes::add);
        }
        return new Placed(table.i64(at + 8, "register base"), segment, 0, alone, scopes,
                Optional.of(new PciAddress(segment, key & 0xffff)));
    }

    /** First and last device id of each entry that names PCI functions. */
    private List<int[]> ranges(int block) {
        List<int[]> ranges = new ArrayList<>();
        int end = block + table.u16(block + 2, "block length");
        int first = -1;
        int size;
        int start = table.u8(block, "type") == IvrsLayout.IVHD_10 ? IvrsLayout.IVHD_SIZE : IvrsLayout.IVHD_LONG_SIZE;
        for (int at = block + start; at < end; at += size) {
            int type = table.u8(at, "device entry");
            int id = table.u16(at + 1, "device id");
            size = type == NAMED_ENTRY ? NAMED_SIZE + table.u8(at + NAMED_SIZE - 1, "UID length")
                    : type < LONG_ENTRIES ? Integer.BYTES : Long.BYTES;
            switch (type) {
                case 0x01 -> ranges.add(new int[] {0, 0xffff});
                case 0x02, 0x42, 0x46 -> ranges.add(new int[] {id, id});
                case 0x03, 0x43, 0x47 -> first = id;
                case 0x04 -> ranges.add(new int[] {first, id});
                default -> { }
            }
        }
        return ranges;
    }

    @Override
    public List<Placed> placed() {
        return List.copyOf(placed);
    }

    @Override
    public int physicalAddressBits() {
        int bits = table.i32(INFORMATION, "information") >>> PHYSICAL_SHIFT & SIZE_MASK;
        return Math.min(MOST_BITS, Math.max(LEAST_BITS, bits));
    }
}
