package org.iommu4j.system.capability;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;

/**
 * VER, CAP and ECAP as hardware has them: QEMU 10's unit with its options, and real machines as their kernels have
 * printed them. Beside that, units with a thing taken away. What the model refuses to promise (VT-d specification
 * 11.4.2 and 11.4.3: fault logs, write buffers, protected memory, interrupts, nesting, page requests) is left out.
 */
enum RealUnit {
    QEMU("10", "00d2008c222f0606", "0000000000f00f4a", 48, 30),
    QEMU_39_BITS("10", "00d2008c22260206", "0000000000f00f4a", 39, 30),
    QEMU_DEVICE_TLBS("10", "00d2008c222f0606", "0000000000f00f4e", 48, 30),
    QEMU_CACHING_MODE("10", "00d2008c222f0686", "0000000000f00f4a", 48, 30),
    QEMU_SNOOP_CONTROL("10", "00d2008c222f0606", "0000000000f00fca", 48, 30),
    QEMU_SCALABLE("10", "00d2008c222f0606", "0000480080f00f4a", 48, 30),
    QEMU_FIRST_STAGE("10", "01d2008c222f0606", "0000880000f00f4a", 47, 30),
    QEMU_PASID_OF_NO_WIDTH("10", "01d2008c222f0606", "0000890000f00f4a", 47, 30),
    /** Second generation Core and up: the unit of the graphics device, legacy mode with 39 bits. */
    SKYLAKE_GRAPHICS("10", "01c0000c40660462", "0000007e3ff0505e", 39, 30),
    SKYLAKE_OTHERS("10", "00d2008c40660462", "0000000000f050da", 39, 30),
    AMBER_LAKE_GRAPHICS("10", "01c0000c40660462", "0000019e2ff0505e", 39, 30),
    SKYLAKE_SERVER("10", "08d2078c106f0466", "0000000000f020df", 48, 30),
    SAPPHIRE_RAPIDS("60", "19ed008c40780c66", "0003ee9e86f050df", 56, 30),
    NO_LARGE_PAGES("10", "00d20080222f0606", "0000000000f00f4a", 48, 12),
    NO_GIGABYTE_PAGES("10", "00d20084222f0606", "0000480080f00f4a", 48, 21),
    NO_PAGE_SELECTIVE("10", "00d2000c222f0606", "0000480080f00f4a", 48, 30),
    NO_QUEUE("10", "00d2008c222f0606", "0000000000f00f48", 48, 30),
    NO_PASS_THROUGH("10", "00d2008c222f0606", "0000000000f00f0a", 48, 30);

    private static final long CAP_LEFT_OUT = 1L << 3 | 1L << 4 | 1L << 5 | 1L << 6 | 1L << 59;
    private static final long ECAP_LEFT_OUT = 1L << 3 | 1L << 4 | 1L << 26 | 1L << 29 | 1L << 42 | 1L << 44;
    private static final long PASS_THROUGH = 1L << 6;

    private final String version;
    private final long cap;
    private final long ecap;
    /** Width of an IOVA in the domains that the driver makes there. */
    final int iovaBits;
    /** Log2 of their largest page. */
    final int largestPageLg2;

    RealUnit(String version, String cap, String ecap, int iovaBits, int largestPageLg2) {
        this.version = version;
        this.cap = Long.parseUnsignedLong(cap, 16) & ~CAP_LEFT_OUT;
        this.ecap = Long.parseUnsignedLong(ecap, 16) & ~ECAP_LEFT_OUT;
        this.iovaBits = iovaBits;
        this.largestPageLg2 = largestPageLg2;
    }

    boolean passesThrough() {
        return (ecap & PASS_THROUGH) != 0;
    }

    /** A machine's definition with this unit in the place of its first one. */
    JsonObject in(JsonObject machine) {
        JsonObjectBuilder unit = Json.createObjectBuilder(machine.getJsonArray("units").getJsonObject(0))
                .add("capabilities", Json.createObjectBuilder().add("VER", "0x" + version)
                        .add("CAP", "0x" + Long.toHexString(cap)).add("ECAP", "0x" + Long.toHexString(ecap)));
        return Json.createObjectBuilder(machine).add("units", Json.createArrayBuilder().add(unit)).build();
    }
}
