package org.iommu4j.hwsim.firmware;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.iommu4j.api.PciAddress;
import org.iommu4j.hwsim.definition.DeviceDefinition;

/** The SMMUv3 units of an IORT table that root complexes map ids to, {@link IortLayout}; others serve no PCI. */
public final class IortUnits implements TableUnits {
    private static final int COUNT = 36;
    private static final int FIRST = 40;
    /** Of the unit that stands for the real ones. */
    private static final int ADDRESS_BITS = 44;

    private record Mapping(int segment, int first, int last, int stream, int unit) {
    }

    private final TableBytes table;
    private final List<Placed> placed = new ArrayList<>();

    /**
     * @param file for messages only
     * @throws org.iommu4j.api.IommuException BAD_INPUT, naming file, offset and field
     */
    public IortUnits(String file, byte[] bytes, List<DeviceDefinition> devices) {
        table = new TableBytes(file, bytes, IortLayout.SIGNATURE);
        List<Mapping> mappings = mappings();
        Set<PciAddress> taken = new HashSet<>();
        for (int unit : mappings.stream().mapToInt(Mapping::unit).distinct().toArray()) {
            placed.add(unit(unit, mappings, devices, taken));
        }
    }

    private Placed unit(int at, List<Mapping> mappings, List<DeviceDefinition> devices, Set<PciAddress> taken) {
        Mapping first = mappings.stream().filter(mapping -> mapping.unit == at).findFirst().orElseThrow();
        boolean alone = mappings.stream().noneMatch(other -> other.unit != at && other.segment == first.segment);
        List<PciAddress> scopes = new ArrayList<>();
        if (!alone) {
            devices.stream().map(DeviceDefinition::address).filter(address -> address.segment() == first.segment
                    && mappings.stream().anyMatch(each -> each.unit == at && each.segment == address.segment()
                    && each.first <= address.rid() && address.rid() <= each.last))
                    .filter(taken::add).forEach(scopes::add);
        }
        return new Placed(table.i64(at + IortLayout.NODE_SIZE, "register base"), first.segment,
                Math.max(0, first.stream - first.first), alone, scopes, Optional.empty());
    }

    /** What root complexes map to SMMUv3 nodes. */
    private List<Mapping> mappings() {
        List<Mapping> found = new ArrayList<>();
        int at = table.i32(FIRST, "offset of the first node");
        for (int node = table.i32(COUNT, "number of nodes"); node > 0; node--) {
            if (table.u8(at, "node type") == IortLayout.ROOT_COMPLEX) {
                addMappings(at, found);
            }
            int size = table.u16(at + 1, "node length");
            if (size < IortLayout.NODE_SIZE) {
                throw table.refuse(at + 1, "node length", "is " + size);
            }
            at += size;
        }
        return found;
    }

    private void addMappings(int root, List<Mapping> found) {
        int segment = table.i32(root + 28, "PCI segment");
        int at = root + table.i32(root + 12, "offset of id mappings");
        for (int left = table.i32(root + 8, "number of id mappings"); left > 0; left--) {
            int target = table.i32(at + 12, "output node");
            if (table.u8(target, "node type") == IortLayout.SMMU) {
                int first = table.i32(at, "input base");
                long last = first + Integer.toUnsignedLong(table.i32(at + 4, "number of ids"));
                found.add(new Mapping(segment, first, (int) Math.min(last, 0xffff), table.i32(at + 8, "output base"),
                        target));
            }
            at += IortLayout.MAPPING_SIZE;
        }
    }

    @Override
    public List<Placed> placed() {
        return List.copyOf(placed);
    }

    @Override
    public int physicalAddressBits() {
        return ADDRESS_BITS;
    }
}
