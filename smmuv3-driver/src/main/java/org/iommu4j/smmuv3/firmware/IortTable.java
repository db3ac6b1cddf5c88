package org.iommu4j.smmuv3.firmware;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.iommu4j.acpi.AcpiTable;
import org.iommu4j.acpi.Region;
import org.iommu4j.api.IommuException;

/**
 * The IO remapping table as it is. Its revisions differ in what is appended to nodes, which is not read here.
 * <pre>
 *  0             36      40       44   48
 * +-------------+-------+--------+----+-------------
 * | ACPI header | nodes | offset | 0  | nodes
 * +-------------+-------+--------+----+-------------
 * </pre>
 *
 * @param nodes by their offset in the table, in the order of the table, of all types
 */
record IortTable(Map<Integer, Node> nodes) {
    static final String SIGNATURE = "IORT";

    static final int ITS_GROUP = 0;
    static final int NAMED_COMPONENT = 1;
    static final int ROOT_COMPLEX = 2;
    static final int SMMU = 3;
    static final int SMMU_V3 = 4;
    static final int PMCG = 5;
    static final int RESERVED_MEMORY = 6;
    /** The highest type that the specification defines: the interrupt translation unit's wired bridge. */
    static final int LAST_TYPE = 7;

    private static final int COUNT = 36;
    private static final int FIRST = 40;

    /**
     * A node; fields that its type does not have are 0 or empty.
     *
     * @param offset in the table
     * @param flags of SMMU_V3 and RESERVED_MEMORY
     * @param segment of ROOT_COMPLEX
     * @param base of the registers of an SMMU
     * @param wires of SMMU_V3
     * @param memory of RESERVED_MEMORY
     */
    record Node(int type, int offset, int revision, long flags, long segment, long base, Wires wires,
            List<Mapping> mappings, List<Memory> memory) {
    }

    /**
     * Ids that leave a node, and what the next node sees.
     * <pre>
     *  0       4       8        12       16      20
     * +-------+-------+--------+--------+-------+
     * | input | count | output | target | flags |   count less one; flag 1: all inputs are the one output
     * +-------+-------+--------+--------+-------+
     * </pre>
     *
     * @param offset in the table
     * @param input the first id
     * @param count of the ids, at least 1; also for single mappings
     * @param output what the first id becomes
     * @param target offset of the next node
     * @param single true if there is no input range
     */
    record Mapping(int offset, long input, long count, long output, int target, boolean single) {
        private static final int BYTES = 20;
        private static final int TARGET = 12;
        private static final int SINGLE = 1;

        static Mapping parse(Region region) {
            return new Mapping(region.start(), region.u32(0, "mapping input base"),
                    region.u32(4, "mapping id count") + 1, region.u32(8, "mapping output base"),
                    (int) region.u32(TARGET, "mapping output reference"),
                    (region.u32(16, "mapping flags") & SINGLE) != 0);
        }

        /** The last input id. */
        long last() {
            return input + count - 1;
        }

        /** Without its last id. */
        Mapping shorter() {
            return new Mapping(offset, input, count - 1, output, target, single);
        }
    }

    /** A range of memory that firmware uses: 64-bit base, 64-bit length, 4 bytes reserved. */
    record Memory(int offset, long base, long length) {
        private static final int BYTES = 20;
    }

    /** @throws IommuException BAD_INPUT, naming offset and field */
    static IortTable parse(byte[] bytes) {
        Region table = AcpiTable.parse(SIGNATURE, bytes).region();
        long count = table.u32(COUNT, "node count");
        long offset = table.u32(FIRST, "node offset");
        if (offset < FIRST + Integer.BYTES || offset > table.length()) {
            throw table.bad(FIRST, "node offset", String.format("is %#x; the table has %#x bytes", offset,
                    table.length()));
        }
        Map<Integer, Node> nodes = new LinkedHashMap<>();
        int at = (int) offset;
        for (long i = 0; i < count; i++) {
            Region node = node(table, at);
            nodes.put(at, node(node));
            at += node.length();
        }
        nodes.values().forEach(node -> node.mappings().forEach(mapping -> {
            if (!nodes.containsKey(mapping.target())) {
                throw table.bad(mapping.offset() + Mapping.TARGET, "mapping output reference",
                        String.format("is %#x, where no node begins", mapping.target()));
            }
        }));
        return new IortTable(nodes);
    }

    /**
     * A node's bytes.
     * <pre>
     *  0      1        3          4            8          12               16
     * +------+--------+----------+------------+----------+----------------+--------
     * | type | length | revision | identifier | mappings | mapping offset | by type
     * +------+--------+----------+------------+----------+----------------+--------
     * </pre>
     */
    private static Region node(Region table, int at) {
        Region rest = table.slice(at, table.length() - at, "node");
        int length = rest.u16(1, "node length");
        if (length < 16) {
            throw rest.bad(1, "node length", "is " + length + ", shorter than the 16 bytes of its header");
        }
        return rest.slice(0, length, "node");
    }

    /**
     * Where the fields of each type stand.
     * <pre>
     *              16           24          28
     * root complex  memory access| ATS       | segment
     * SMMU          base         | length
     * SMMUv3        base         | flags     |
     *              44       48        52       56
     *               event    | PRI     | GERR   | sync: GSIVs
     *              16      20       24
     * RMR           flags | memories | offset of them
     * </pre>
     */
    private static Node node(Region node) {
        int type = node.u8(0, "node type");
        int revision = node.u8(3, "node revision");
        List<Mapping> mappings = mappings(node);
        return switch (type) {
            case ROOT_COMPLEX -> new Node(type, node.start(), revision, 0, node.u32(28, "root complex segment"), 0,
                    Wires.NONE, mappings, List.of());
            case SMMU -> new Node(type, node.start(), revision, 0, 0, node.u64(16, "SMMU base"), Wires.NONE, mappings,
                    List.of());
            case SMMU_V3 -> new Node(type, node.start(), revision, node.u32(24, "SMMUv3 flags"), 0,
                    node.u64(16, "SMMUv3 base"), new Wires((int) node.u32(44, "SMMUv3 event GSIV"),
                    (int) node.u32(52, "SMMUv3 GERR GSIV")), mappings, List.of());
            case RESERVED_MEMORY -> new Node(type, node.start(), revision, node.u32(16, "RMR flags"), 0, 0, Wires.NONE,
                    mappings, memory(node));
            default -> new Node(type, node.start(), revision, 0, 0, 0, Wires.NONE, mappings, List.of());
        };
    }

    private static List<Mapping> mappings(Region node) {
        List<Mapping> mappings = new ArrayList<>();
        array(node, 8, 12, Mapping.BYTES, "mapping", region -> mappings.add(Mapping.parse(region)));
        return List.copyOf(mappings);
    }

    private static List<Memory> memory(Region node) {
        List<Memory> memory = new ArrayList<>();
        array(node, 20, 24, Memory.BYTES, "memory range", region -> memory.add(new Memory(region.start(),
                region.u64(0, "memory base"), region.u64(8, "memory length"))));
        return List.copyOf(memory);
    }

    private static void array(Region node, int countOffset, int startOffset, int bytes, String field,
            Consumer<Region> visitor) {
        long count = node.u32(countOffset, field + " count");
        long start = node.u32(startOffset, field + " offset");
        if (count != 0 && (start > node.length() || count > (node.length() - start) / bytes)) {
            throw node.bad(countOffset, field + " count", String.format("is %d, from %#x on in a node of %#x bytes",
                    count, start, node.length()));
        }
        for (int i = 0; i < count; i++) {
            visitor.accept(node.slice((int) start + i * bytes, bytes, field));
        }
    }
}
