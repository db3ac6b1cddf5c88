package org.iommu4j.qemu.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MemoryRange;

/**
 * The boards: Intel's Q35 chipset with one VT-d unit and three {@code edu} devices, at 00:05.0, 00:06.0 and, behind a
 * root port, at 01:00.0. They differ in what the unit can do.
 */
public enum QemuDefinition {
    /** Legacy mode. */
    INTEL("qemu-intel", ""),
    /** Scalable mode with second-stage tables. */
    INTEL_SCALABLE("qemu-intel-scalable", ",x-scalable-mode=on"),
    /** Scalable mode with first-stage tables alone; legacy mode is there too. */
    INTEL_FIRST_STAGE("qemu-intel-first-stage", ",x-scalable-mode=on,x-flts=on");

    /** RAM below the 4 GiB hole and above it; QEMU puts them into its memory file one after the other. */
    static final List<MemoryRange> RAM = List.of(new MemoryRange(0, 1L << 30), new MemoryRange(1L << 32, 1L << 30));
    /** Of QEMU's default processor. */
    static final int PHYSICAL_ADDRESS_BITS = 40;
    /** Where Q35 has the unit's registers, and their page. */
    static final long UNIT_BASE = 0xfed9_0000L;
    static final long UNIT_LENGTH = 0x1000;
    private static final String EDU = "edu,dma_mask=0xffffffffffffffff,";

    private final String text;
    private final String mode;

    QemuDefinition(String text, String mode) {
        this.text = text;
        this.mode = mode;
    }

    /** @throws IommuException BAD_INPUT, naming those that there are */
    public static QemuDefinition named(String text) {
        return Arrays.stream(values()).filter(each -> each.text.equals(text)).findFirst()
                .orElseThrow(() -> IommuException.of(Reason.BAD_INPUT, "'%s' is no QEMU machine; there are %s", text,
                        String.join(", ", Arrays.stream(values()).map(each -> each.text).toList())));
    }

    /** Its name in configurations. */
    public String text() {
        return text;
    }

    /** QEMU's arguments. The unit comes before the devices that it serves. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "-M", "q35,memory-backend=ram0,max-ram-below-4g=" + (RAM.get(0).length() >> 20) + "M"));
        for (String device : List.of("intel-iommu,intremap=on" + mode, EDU + "addr=05.0", EDU + "addr=06.0",
                "pcie-root-port,id=port1,chassis=1,addr=07.0", EDU + "bus=port1")) {
            arguments.addAll(List.of("-device", device));
        }
        return arguments;
    }
}
