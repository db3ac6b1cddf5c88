package org.iommu4j.hwsim.definition;

/** What a PCI function does. Each has the ids that it shows where the definition gives none. */
public enum DeviceKind {
    /** DMA generator: see {@code GeneratorLayout}. */
    DMAGEN("dmagen", 0x1234, 0x11e9, 0xff0000),
    /** QEMU's educational device: see {@code EduLayout}. */
    EDU("edu", 0x1234, 0x11e8, 0x00ff00),
    /** A bridge or port. */
    BRIDGE("bridge", 0x1234, 0x6272, 0x060400),
    /** An IOMMU's own function; the definition names the unit. */
    IOMMU("iommu", 0x1022, 0x1451, 0x080600),
    /** Configuration space alone. */
    NONE("none", 0x1234, 0x6e6f, 0xff0000);

    private final String text;
    private final int vendor;
    private final int device;
    private final int classCode;

    DeviceKind(String text, int vendor, int device, int classCode) {
        this.text = text;
        this.vendor = vendor;
        this.device = device;
        this.classCode = classCode;
    }

    /** As definitions write it. */
    public String text() {
        return text;
    }

    public int vendor() {
        return vendor;
    }

    public int device() {
        return device;
    }

    /** Base class, sub-class, programming interface. */
    public int classCode() {
        return classCode;
    }
}
