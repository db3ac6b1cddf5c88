package org.iommu4j.exam.lab;

import java.nio.file.Path;

/** A vendor's driver in both its releases, and a machine that it drives. */
public enum Vendor {
    VTD("org.iommu4j.vtd", "vtd", "duo", "dmar0", "org.iommu4j.vtd.VtdDriver", 0),
    SMMUV3("org.iommu4j.smmuv3", "smmuv3", "duo-arm", "smmu0", "org.iommu4j.smmuv3.SmmuDriver", 0x4000_0000L),
    AMDVI("org.iommu4j.amdvi", "amdvi", "duo-amd", "amdvi0", "org.iommu4j.amdvi.AmdDriver", 0);

    private final String bundle;
    private final String architecture;
    private final String machine;
    private final String counters;
    private final String component;
    private final long ram;

    Vendor(String bundle, String architecture, String machine, String counters, String component, long ram) {
        this.bundle = bundle;
        this.architecture = architecture;
        this.machine = machine;
        this.counters = counters;
        this.component = component;
        this.ram = ram;
    }

    /** Symbolic name of every release of its driver. */
    public String bundle() {
        return bundle;
    }

    /** The driver's service property. */
    public String architecture() {
        return architecture;
    }

    /** A definition of the tests' resources: two devices behind one unit. */
    public String machine() {
        return machine;
    }

    /** What the names of its unit's counters begin with. */
    String counters() {
        return counters;
    }

    /** Class of the driver. */
    public String component() {
        return component;
    }

    /** Where the machine's RAM begins. */
    long ram() {
        return ram;
    }

    /** The release that is installed at the start. */
    public Path driver() {
        return jar("-driver.jar");
    }

    /** The release after it, which writes a newer record. */
    public Path next() {
        return jar("-driver-next.jar");
    }

    private Path jar(String suffix) {
        return Path.of(System.getProperty("bundles.dir"), architecture + suffix);
    }
}
