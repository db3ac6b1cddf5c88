package org.iommu4j.hwsim.definition.lspci;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.iommu4j.api.PciAddress;
import org.iommu4j.hwsim.definition.PortType;

/** One function as lspci lists it; filled line by line by {@link LspciText}. */
final class ListedFunction {
    /** In place of a number: the text does not say. */
    static final int UNSAID = -1;

    final PciAddress address;
    /** Where its first line stands, for refusals. */
    final int line;
    /** 0 if the text does not say. */
    int vendor;
    /** 0 if the text does not say. */
    int device;
    /** Base class, sub-class, programming interface: 24 bits. */
    int classCode = UNSAID;
    /** True if the ids are in the text as numbers. */
    boolean numbered;
    PortType type = PortType.PCI;
    int secondary = UNSAID;
    int subordinate = UNSAID;
    /** The capability is listed, whether or not its bits are. */
    boolean acs;
    int acsCapability = UNSAID;
    int acsControl = UNSAID;
    /** It was powered down: what was read of it is all ones. */
    boolean asleep;
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    ListedFunction(PciAddress address, int line) {
        this.address = address;
        this.line = line;
    }

    boolean bridge() {
        return secondary != UNSAID;
    }

    /** All of its configuration space, if the text has it. */
    Optional<byte[]> configuration() {
        int all = type.express() ? 4096 : 256;
        return bytes.size() >= all && !asleep ? Optional.of(bytes.toByteArray()) : Optional.empty();
    }
}
