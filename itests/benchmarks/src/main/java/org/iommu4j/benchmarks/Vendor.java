package org.iommu4j.benchmarks;

/** Whose driver is measured, on a machine of the resources that is called as its architecture is. */
enum Vendor {
    VTD("vtd", "org.iommu4j.vtd.VtdDriver"),
    SMMUV3("smmuv3", "org.iommu4j.smmuv3.SmmuDriver"),
    AMDVI("amdvi", "org.iommu4j.amdvi.AmdDriver");

    private final String architecture;
    private final String driver;

    Vendor(String architecture, String driver) {
        this.architecture = architecture;
        this.driver = driver;
    }

    /** The vendor of an architecture. @throws IllegalArgumentException if there is none */
    static Vendor of(String architecture) {
        for (Vendor vendor : values()) {
            if (vendor.architecture.equals(architecture)) {
                return vendor;
            }
        }
        throw new IllegalArgumentException("no driver for " + architecture);
    }

    String architecture() {
        return architecture;
    }

    /** Class of the driver. */
    String driver() {
        return driver;
    }
}
