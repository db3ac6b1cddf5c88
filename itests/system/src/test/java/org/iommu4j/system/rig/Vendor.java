package org.iommu4j.system.rig;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.iommu4j.amdvi.AmdDriver;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.smmuv3.SmmuDriver;
import org.iommu4j.vtd.VtdDriver;

/** Whose driver, on which of the bundled machines. */
public enum Vendor {
    VTD("vtd", "intel", VtdDriver::new, "context", "pasid"),
    SMMUV3("smmuv3", "arm", SmmuDriver::new, "ste", "cd"),
    AMDVI("amdvi", "amd", AmdDriver::new, "devices", "guests");

    private final String architecture;
    private final String machine;
    private final Supplier<IommuDriver> driver;
    private final List<String> entryCaches;

    Vendor(String architecture, String machine, Supplier<IommuDriver> driver, String... entryCaches) {
        this.architecture = architecture;
        this.machine = machine;
        this.driver = driver;
        this.entryCaches = List.of(entryCaches);
    }

    /** Name of the bundled definition. */
    String machine() {
        return machine;
    }

    /** A driver for its units. */
    public IommuDriver driver() {
        return driver.get();
    }

    /** The driver's service property. */
    String architecture() {
        return architecture;
    }

    /** Whose unit a machine of QEMU's has; empty if no driver here drives it. */
    public static Optional<Vendor> of(QemuDefinition definition) {
        return Arrays.stream(values()).filter(vendor -> definition.text().startsWith("qemu-" + vendor.machine))
                .findFirst();
    }

    /** The model's caches that are not of translations, as its definition names them. */
    List<String> entryCaches() {
        return entryCaches;
    }
}
