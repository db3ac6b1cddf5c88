package org.iommu4j.system.rig;

import java.util.List;
import java.util.function.Supplier;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.smmuv3.SmmuDriver;
import org.iommu4j.vtd.VtdDriver;

/** Whose driver, on which of the bundled machines. */
public enum Vendor {
    VTD("intel", VtdDriver::new, "context", "pasid"),
    SMMUV3("arm", SmmuDriver::new, "ste", "cd");

    private final String machine;
    private final Supplier<IommuDriver> driver;
    private final List<String> entryCaches;

    Vendor(String machine, Supplier<IommuDriver> driver, String... entryCaches) {
        this.machine = machine;
        this.driver = driver;
        this.entryCaches = List.of(entryCaches);
    }

    /** Name of the bundled definition. */
    String machine() {
        return machine;
    }

    IommuDriver driver() {
        return driver.get();
    }

    /** The model's caches that are not of translations, as its definition names them. */
    List<String> entryCaches() {
        return entryCaches;
    }
}
