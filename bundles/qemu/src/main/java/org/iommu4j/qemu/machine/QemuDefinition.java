package org.iommu4j.qemu.machine;

import java.util.Arrays;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.qemu.chipset.Chipset;
import org.iommu4j.qemu.chipset.Q35;
import org.iommu4j.qemu.chipset.Virt;
import org.iommu4j.qemu.process.QemuProgram;

/** The machines there are: a board and its IOMMU. */
public enum QemuDefinition {
    /** VT-d in legacy mode. */
    INTEL("qemu-intel", new Q35(), "intel-iommu,intremap=on", Units.VTD),
    /** VT-d in scalable mode with second-stage tables. */
    INTEL_SCALABLE("qemu-intel-scalable", new Q35(), "intel-iommu,intremap=on,x-scalable-mode=on", Units.VTD),
    /** VT-d in scalable mode with first-stage tables alone; legacy mode is there too. */
    INTEL_FIRST_STAGE("qemu-intel-first-stage", new Q35(),
            "intel-iommu,intremap=on,x-scalable-mode=on,x-flts=on", Units.VTD),
    /** AMD-Vi; without {@code pt=off} QEMU 10.0 remaps nothing. */
    AMD("qemu-amd", new Q35(), "amd-iommu,intremap=on,pt=off", Units.AMD),
    /** SMMUv3 with both stages, which belongs to the board. */
    ARM("qemu-arm", new Virt(), "", Units.SMMU);

    /** Register files of units. */
    private static final class Units {
        static final Unit VTD = new Unit(0xfed9_0000L, 0x1000);
        static final Unit AMD = new Unit(0xfed8_0000L, 0x4000);
        /** Two pages of 64 KiB. */
        static final Unit SMMU = new Unit(0x0905_0000L, 0x2_0000);
    }

    /**
     * A unit's registers.
     *
     * @param base physical address
     * @param length in bytes
     */
    record Unit(long base, long length) {
    }

    private final String text;
    private final Chipset chipset;
    private final String device;
    private final Unit unit;

    QemuDefinition(String text, Chipset chipset, String device, Unit unit) {
        this.text = text;
        this.chipset = chipset;
        this.device = device;
        this.unit = unit;
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

    /** Its board. */
    public Chipset chipset() {
        return chipset;
    }

    /** The QEMU that has such machines, on the search path. */
    public QemuProgram program() {
        return new QemuProgram(chipset.program());
    }

    /** The IOMMU as QEMU's argument; empty if the board has it. */
    String device() {
        return device;
    }

    Unit unit() {
        return unit;
    }
}
