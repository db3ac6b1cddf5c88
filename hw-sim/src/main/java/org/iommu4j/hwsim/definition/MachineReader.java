package org.iommu4j.hwsim.definition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * Reads a machine definition. What is malformed is refused with BAD_INPUT, naming file, field, value and limit; what
 * concerns several devices (bus numbers) is checked where the PCI tree is built.
 */
public final class MachineReader {
    private static final Set<String> MACHINE = Set.of("name", "description", "physicalAddressBits", "dmaThreads",
            "seed", "interrupts", "ram", "units", "firmware", "devices", "notes");
    private static final Set<String> RANGE = Set.of("start", "length");
    private static final Set<String> UNIT = Set.of("name", "model", "base", "segment", "idBase", "wire",
            "scopes", "capabilities", "caches", "ivhd", "regions");
    private static final int MAX_THREADS = 64;
    private static final int MAX_SEGMENT = 0xffff;
    private static final int MAX_ID_BASE = 1 << 30;
    private static final int MAX_WIRE = 1 << 10;

    private final DefinitionNode root;

    private MachineReader(DefinitionNode root) {
        this.root = root;
    }

    public static MachineDefinition read(DefinitionNode root) {
        return new MachineReader(root).machine();
    }

    private MachineDefinition machine() {
        root.allow(MACHINE);
        int bits = (int) root.number("physicalAddressBits", 32, 52);
        List<UnitDefinition> units = units(bits);
        List<DeviceDefinition> devices = devices();
        checkFunctions(units, devices);
        return new MachineDefinition(name(root), bits, InterruptWindow.read(root, "interrupts"),
                root.integer("dmaThreads", 1, MAX_THREADS, 1), root.word("seed", 1), ram(bits), units, firmware(),
                devices);
    }

    private static String name(DefinitionNode node) {
        String name = node.text("name");
        if (!name.matches("[A-Za-z][A-Za-z0-9_-]*")) {
            throw node.refuse("name", "is no name: a letter, then letters, digits, '-', '_'");
        }
        return name;
    }

    private List<MemoryRange> ram(int bits) {
        List<MemoryRange> ranges = new ArrayList<>();
        long free = 0;
        for (DefinitionNode node : root.objects("ram")) {
            node.allow(RANGE);
            long start = node.number("start", free, (1L << bits) - PhysicalMemory.PAGE);
            long length = node.number("length", PhysicalMemory.PAGE, (1L << bits) - start);
            checkMultiple(node, "start", start, PhysicalMemory.CHUNK);
            checkMultiple(node, "length", length, PhysicalMemory.PAGE);
            ranges.add(new MemoryRange(start, length));
            free = start + length;
        }
        if (ranges.isEmpty()) {
            throw root.refuse("has no ram");
        }
        return ranges;
    }

    private List<UnitDefinition> units(int bits) {
        List<UnitDefinition> units = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<Long> bases = new HashSet<>();
        for (DefinitionNode node : root.objects("units")) {
            node.allow(UNIT);
            String name = name(node);
            long base = node.number("base", 0, (1L << bits) - PhysicalMemory.PAGE);
            checkMultiple(node, "base", base, PhysicalMemory.PAGE);
            if (!names.add(name)) {
                throw node.refuse("name", "is the name of another unit too");
            }
            if (!bases.add(base)) {
                throw node.refuse("base", "is the base of another unit too");
            }
            List<PciAddress> scopes = node.texts("scopes").stream().map(text -> address(node, "scopes", text)).toList();
            units.add(new UnitDefinition(name, node.text("model"), base, node.integer("segment", 0, MAX_SEGMENT, 0),
                    node.integer("idBase", 0, MAX_ID_BASE, 0), node.integer("wire", 0, MAX_WIRE, 0),
                    !node.has("scopes"), scopes, node));
        }
        return units;
    }

    private Map<String, String> firmware() {
        Map<String, String> tables = new LinkedHashMap<>();
        DefinitionNode node = root.object("firmware");
        for (String signature : node.fields()) {
            if (!signature.matches("[A-Z0-9]{4}")) {
                throw node.refuse(signature, "has a signature that is not four characters of A-Z and 0-9");
            }
            String origin = node.text(signature);
            tables.put(signature, origin.equals(MachineDefinition.GENERATED) ? origin
                    : Path.of(root.file()).resolveSibling(origin).toString());
        }
        return tables;
    }

    private List<DeviceDefinition> devices() {
        List<DeviceDefinition> devices = new ArrayList<>();
        Set<PciAddress> addresses = new HashSet<>();
        for (DefinitionNode node : root.objects("devices")) {
            DeviceDefinition device = DeviceReader.read(node);
            if (!addresses.add(device.address())) {
                throw node.refuse("address", "is the address of another device too");
            }
            devices.add(device);
        }
        devices.sort(Comparator.comparing(DeviceDefinition::address));
        return devices;
    }

    /** A unit has one function of its own at most, and such a function has a unit. */
    private static void checkFunctions(List<UnitDefinition> units, List<DeviceDefinition> devices) {
        Set<String> free = new HashSet<>(units.stream().map(UnitDefinition::name).toList());
        for (DeviceDefinition device : devices) {
            if (device.unit().isPresent() && !free.remove(device.unit().get())) {
                throw device.source().refuse("unit", "is no unit, or another function is that unit's own");
            }
        }
    }

    static PciAddress address(DefinitionNode node, String field, String text) {
        try {
            return PciAddress.parse(text);
        } catch (IommuException e) {
            throw node.refuse(field, "is no PCI address: " + e.getMessage());
        }
    }

    private static void checkMultiple(DefinitionNode node, String field, long value, long unit) {
        if ((value & unit - 1) != 0) {
            throw node.refuse(field, String.format("is no multiple of %#x", unit));
        }
    }
}
