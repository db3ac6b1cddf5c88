package org.iommu4j.hwsim.firmware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.pci.PciTree;

/** A machine's firmware tables, by signature. Immutable. */
public final class FirmwareTables {
    private final Map<String, byte[]> tables = new TreeMap<>();

    /** @throws IommuException BAD_INPUT if a table cannot be made or read */
    public FirmwareTables(MachineDefinition machine, PciTree tree) {
        machine.firmware().forEach((signature, origin) -> tables.put(signature,
                origin.equals(MachineDefinition.GENERATED) ? generated(signature, machine, tree) : file(origin)));
    }

    /** A copy. */
    public Optional<byte[]> table(String signature) {
        return Optional.ofNullable(tables.get(signature)).map(byte[]::clone);
    }

    private static byte[] generated(String signature, MachineDefinition machine, PciTree tree) {
        return switch (signature) {
            case DmarLayout.SIGNATURE -> new DmarTable(machine, tree).bytes();
            case IortLayout.SIGNATURE -> new IortTable(machine, tree).bytes();
            case IvrsLayout.SIGNATURE -> new IvrsTable(machine, tree).bytes();
            default -> throw IommuException.of(Reason.BAD_INPUT,
                    "machine %s: firmware.%s cannot be generated, only %s, %s and %s can", machine.name(), signature,
                    DmarLayout.SIGNATURE, IortLayout.SIGNATURE, IvrsLayout.SIGNATURE);
        };
    }

    private static byte[] file(String path) {
        try {
            return Files.readAllBytes(Path.of(path));
        } catch (IOException e) {
            throw new IommuException(Reason.BAD_INPUT, path + ": the firmware table cannot be read: " + e, e);
        }
    }
}
