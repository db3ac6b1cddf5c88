package org.iommu4j.hwsim.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.PciAddress;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.UnitDefinition;
import org.iommu4j.hwsim.pci.PciTree;
import org.iommu4j.hwsim.pci.SecureDeviceCapability;

/**
 * Makes an IVRS table from a definition: for each AMD unit one IVHD of each type that its field {@code ivhd} names
 * ({@code ["10", "11"]} unless given, hexadecimal), then an IVMD for each of its {@code regions}, objects with
 * {@code start}, {@code length}, {@code flags} and, if they are not for all devices, {@code first} and {@code last}.
 */
final class IvrsTable {
    private static final String MODEL = "amdvi";
    private static final String OEM = "IOMMU4";
    private static final String OEM_TABLE = "HW-SIM  ";
    private static final String CREATOR = "I4J ";
    private static final int ONE = 1;
    private static final int HEXADECIMAL = 16;
    private static final List<String> PLAIN_BLOCKS = List.of("10", "11");
    private static final long PAGE = 4096;

    private final MachineDefinition machine;
    private final PciTree tree;

    IvrsTable(MachineDefinition machine, PciTree tree) {
        this.machine = machine;
        this.tree = tree;
    }

    byte[] bytes() {
        List<byte[]> blocks = new ArrayList<>();
        List<UnitDefinition> units = machine.units().stream().filter(unit -> unit.model().equals(MODEL)).toList();
        for (UnitDefinition unit : units) {
            for (String type : unit.source().has("ivhd") ? unit.source().texts("ivhd") : PLAIN_BLOCKS) {
                blocks.add(hardware(unit, type(unit, type)));
            }
        }
        units.forEach(unit -> unit.source().objects("regions").forEach(region -> blocks.add(memory(region))));
        int length = IvrsLayout.HEADER_SIZE + blocks.stream().mapToInt(bytes -> bytes.length).sum();
        ByteBuffer table = buffer(length);
        writeHeader(table, length);
        blocks.forEach(table::put);
        table.put(IvrsLayout.CHECKSUM, checksum(table.array()));
        return table.array();
    }

    private static int type(UnitDefinition unit, String text) {
        if (!text.matches("10|11|40")) {
            throw unit.source().refuse("ivhd", "has a type that is none of 10, 11, 40");
        }
        return Integer.parseInt(text, HEXADECIMAL);
    }

    private void writeHeader(ByteBuffer table, int length) {
        table.put(ascii(IvrsLayout.SIGNATURE)).putInt(length).put(IvrsLayout.REVISION).put((byte) 0);
        table.put(ascii(OEM)).put(ascii(OEM_TABLE)).putInt(ONE).put(ascii(CREATOR)).putInt(ONE);
        table.putInt(SecureDeviceCapability.miscellaneous(machine.physicalAddressBits()) | IvrsLayout.EFR_SUPPORTED);
        table.put(new byte[IvrsLayout.RESERVED]);
    }

    private byte[] hardware(UnitDefinition unit, int type) {
        boolean wide = type != IvrsLayout.IVHD_10;
        byte[] entries = new IvrsDevices(machine, tree, unit).bytes();
        int length = (wide ? IvrsLayout.IVHD_LONG_SIZE : IvrsLayout.IVHD_SIZE) + entries.length;
        DefinitionNode registers = unit.source().object("capabilities");
        long efr = registers.word("EFR");
        ByteBuffer block = buffer(length);
        block.put((byte) type).put(IvrsLayout.COHERENT).putShort((short) length);
        block.putShort((short) function(unit).rid()).putShort((short) SecureDeviceCapability.OFFSET);
        block.putLong(unit.base()).putShort((short) unit.segment()).putShort((short) 0);
        block.putInt(wide ? 0 : IvrsLayout.features(efr));
        if (wide) {
            block.putLong(efr).putLong(registers.word("EFR2", 0));
        }
        return block.put(entries).array();
    }

    private PciAddress function(UnitDefinition unit) {
        return tree.devices().stream().filter(device -> device.unit().filter(unit.name()::equals).isPresent())
                .map(DeviceDefinition::address).findFirst()
                .orElseThrow(() -> unit.source().refuse("has no PCI function of its own: a device of kind iommu"));
    }

    private byte[] memory(DefinitionNode region) {
        ByteBuffer block = buffer(IvrsLayout.IVMD_SIZE);
        long last = (1L << machine.physicalAddressBits()) - 1;
        long start = region.number("start", 0, last);
        long length = region.number("length", 1, last);
        if ((start & PAGE - 1) != 0) {
            throw region.refuse("start", String.format("is no multiple of %d", PAGE));
        }
        byte type = !region.has("first") ? IvrsLayout.IVMD_ALL
                : region.has("last") ? IvrsLayout.IVMD_RANGE : IvrsLayout.IVMD_ONE;
        block.put(type).put((byte) region.number("flags", 0, 0xff)).putShort((short) IvrsLayout.IVMD_SIZE);
        block.putShort(rid(region, "first")).putShort(rid(region, "last")).putLong(0);
        return block.putLong(start).putLong(length).array();
    }

    private static short rid(DefinitionNode region, String field) {
        return region.has(field) ? (short) PciAddress.parse(region.text(field)).rid() : 0;
    }

    private static byte checksum(byte[] table) {
        byte sum = 0;
        for (byte b : table) {
            sum += b;
        }
        return (byte) -sum;
    }

    private static ByteBuffer buffer(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
