package org.iommu4j.hwsim.definition;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads one device of a machine definition. */
final class DeviceReader {
    private static final Set<String> DEVICE = Set.of("address", "kind", "vendor", "device", "class", "type",
            "multifunction", "secondary", "subordinate", "acs", "channels", "unit", "captured");
    private static final Set<String> RAW = Set.of("address", "configuration");
    private static final Set<String> ACS = Set.of("capability", "control", "wide");
    /** Source validation to direct translated P2P: PCI Express Base 5.0 section 7.7.8.2. */
    private static final int ACS_BITS = 0x7f;
    private static final int MAX_CHANNELS = 15;
    private static final int DEFAULT_CHANNELS = 4;

    private DeviceReader() {
    }

    static DeviceDefinition read(DefinitionNode node) {
        if (node.has("configuration")) {
            return raw(node);
        }
        node.allow(DEVICE);
        DeviceKind kind = choice(node, "kind", DeviceKind.values(), DeviceKind::text, DeviceKind.NONE);
        PortType type = choice(node, "type", PortType.values(), PortType::text,
                kind == DeviceKind.BRIDGE ? PortType.ROOT_PORT
                        : kind == DeviceKind.IOMMU ? PortType.PCI : PortType.ENDPOINT);
        boolean bridge = kind == DeviceKind.BRIDGE;
        if (bridge && !type.bridgeOnly() && type != PortType.PCI || !bridge && type.bridgeOnly()
                || kind == DeviceKind.IOMMU && type != PortType.PCI) {
            throw node.refuse("type", "does not go with kind " + kind.text());
        }
        refuseUnless(bridge, node, "secondary", "belongs to bridges alone");
        refuseUnless(bridge, node, "subordinate", "belongs to bridges alone");
        refuseUnless(kind == DeviceKind.DMAGEN, node, "channels", "belongs to DMA generators alone");
        refuseUnless(kind == DeviceKind.IOMMU, node, "unit", "belongs to IOMMUs' own functions alone");
        refuseUnless(type.express(), node, "acs", "belongs to PCI Express functions alone");
        int secondary = bridge ? (int) node.number("secondary", 0, 255) : 0;
        return new DeviceDefinition(MachineReader.address(node, "address", node.text("address")), kind, type,
                node.integer("vendor", 0, 0xfffe, kind.vendor()), node.integer("device", 0, 0xffff, kind.device()),
                node.integer("class", 0, 0xffffff, kind.classCode()), node.flag("multifunction", false),
                secondary, bridge ? (int) node.number("subordinate", secondary, secondary == 0 ? 0 : 255) : 0,
                acs(node),
                kind == DeviceKind.DMAGEN ? node.integer("channels", 1, MAX_CHANNELS, DEFAULT_CHANNELS) : 0,
                Optional.empty(), node);
    }

    /** A function of which all that is known are its bytes. */
    private static DeviceDefinition raw(DefinitionNode node) {
        node.allow(RAW);
        ConfigurationBytes bytes = ConfigurationBytes.parse(node, "configuration");
        return new DeviceDefinition(MachineReader.address(node, "address", node.text("address")),
                bytes.bridge() ? DeviceKind.BRIDGE : DeviceKind.NONE, bytes.type(), bytes.vendor(), bytes.device(),
                bytes.classCode(), bytes.multifunction(), bytes.secondary(), bytes.subordinate(), Optional.empty(), 0,
                Optional.of(bytes), node);
    }

    private static Optional<AcsDefinition> acs(DefinitionNode device) {
        if (!device.has("acs")) {
            return Optional.empty();
        }
        DefinitionNode node = device.object("acs");
        node.allow(ACS);
        int capability = (int) node.number("capability", 0, ACS_BITS);
        int control = node.integer("control", 0, ACS_BITS, 0);
        if ((control & ~capability) != 0) {
            throw node.refuse("control", String.format("has bits that the capability %#x lacks", capability));
        }
        return Optional.of(new AcsDefinition(capability, control, node.flag("wide", false)));
    }

    private static void refuseUnless(boolean allowed, DefinitionNode node, String field, String problem) {
        if (!allowed && node.has(field)) {
            throw node.refuse(field, problem);
        }
    }

    private static <E> E choice(DefinitionNode node, String field, E[] values, Function<E, String> text, E otherwise) {
        String wanted = node.text(field, text.apply(otherwise));
        return Arrays.stream(values).filter(value -> text.apply(value).equals(wanted)).findFirst()
                .orElseThrow(() -> node.refuse(field, "is none of "
                        + Arrays.stream(values).map(text).collect(Collectors.joining(", "))));
    }
}
