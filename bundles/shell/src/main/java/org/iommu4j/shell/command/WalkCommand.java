package org.iommu4j.shell.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

@Command(name = "walk", description = "Show every table entry between a device and the page of an IOVA, raw and "
        + "decoded.")
final class WalkCommand extends MachineQuery {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "ssss:bb:dd.f, hexadecimal digits",
            converter = DeviceConverter.class)
    private PciAddress device;

    @Parameters(index = "1", paramLabel = "IOVA", description = "0x and hexadecimal digits, or decimal ones",
            converter = AddressConverter.class)
    private long iova;

    WalkCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        List<WalkStep> steps = services.status().walk(owner(), device, iova);
        return Answer.of(steps.stream().map(WalkCommand::text).collect(Collectors.joining("\n")),
                steps.stream().map(WalkCommand::object).toList());
    }

    private String owner() {
        if (machine != null) {
            return services.machine(machine).machine();
        }
        List<String> owners = services.machines().stream().filter(this::has).map(IommuOps::machine).toList();
        if (owners.size() > 1) {
            throw IommuException.of(Reason.INCOMPATIBLE, "machines %s have a device %s each: say --machine", owners,
                    device);
        }
        if (owners.isEmpty()) {
            throw IommuException.of(Reason.NO_DEVICE, "no machine has a translated device %s", device);
        }
        return owners.get(0);
    }

    private boolean has(IommuOps ops) {
        return ops.devices().stream().anyMatch(candidate -> candidate.address().equals(device));
    }

    private static String text(WalkStep step) {
        return step.name() + " at " + Notation.hex(step.pa()) + ": "
                + step.words().stream().map(Notation::entry).collect(Collectors.joining(" "))
                + step.fields().stream().map(field -> "\n    " + field).collect(Collectors.joining());
    }

    private static Map<String, Object> object(WalkStep step) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", step.name());
        object.put("pa", Notation.hex(step.pa()));
        object.put("words", step.words().stream().map(Notation::entry).toList());
        object.put("fields", step.fields());
        return object;
    }

    private static final class DeviceConverter implements ITypeConverter<PciAddress> {
        @Override
        public PciAddress convert(String text) {
            try {
                return PciAddress.parse(text);
            } catch (IommuException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
