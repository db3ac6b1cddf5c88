package org.iommu4j.qemu.machine;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MemoryRange;

/**
 * A machine's board with all that is plugged into it: three {@code edu} devices, at 00:05.0, 00:06.0 and, behind a root
 * port at 00:07.0, at 01:00.0; and as many more as are wanted, from 00:08.0 on.
 *
 * @param gib of RAM, 2 to 64; the last one is for tables and queues
 * @param devices more {@code edu} devices, 0 to 23
 */
public record QemuBoard(QemuDefinition definition, int gib, int devices) {
    static final int LEAST_GIB = 2;
    private static final int MOST_GIB = 64;
    private static final int FIRST_SLOT = 8;
    private static final int MOST_DEVICES = 23;
    private static final String EDU = "edu,dma_mask=0xffffffffffffffff,";

    /** The smallest one. */
    public QemuBoard(QemuDefinition definition) {
        this(definition, LEAST_GIB, 0);
    }

    /** @throws IommuException BAD_INPUT for numbers out of range */
    public QemuBoard {
        if (gib < LEAST_GIB || gib > MOST_GIB || devices < 0 || devices > MOST_DEVICES) {
            throw IommuException.of(Reason.BAD_INPUT, "%s with %d GiB and %d more devices: %d to %d, and 0 to %d",
                    definition.text(), gib, devices, LEAST_GIB, MOST_GIB, MOST_DEVICES);
        }
    }

    List<MemoryRange> ram() {
        return definition.chipset().ram(gib);
    }

    /** QEMU's arguments. A unit comes before the devices that it serves. */
    List<String> arguments() {
        List<String> plugged = new ArrayList<>();
        if (!definition.device().isEmpty()) {
            plugged.add(definition.device());
        }
        plugged.addAll(List.of(EDU + "addr=05.0", EDU + "addr=06.0", "pcie-root-port,id=port1,chassis=1,addr=07.0",
                EDU + "bus=port1"));
        for (int i = 0; i < devices; i++) {
            plugged.add(EDU + String.format("addr=%02x.0", FIRST_SLOT + i));
        }
        List<String> arguments = new ArrayList<>(definition.chipset().arguments());
        plugged.forEach(each -> arguments.addAll(List.of("-device", each)));
        return arguments;
    }
}
