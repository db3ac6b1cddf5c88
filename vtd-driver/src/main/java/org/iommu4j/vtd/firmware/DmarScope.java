package org.iommu4j.vtd.firmware;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.acpi.Region;

/**
 * Device scope (section 8.3.1): a device or bridge, named by the way that leads there from a bus.
 * <pre>
 *  0      1        2       3        4              5           6        7
 * +------+--------+-------+--------+--------------+-----------+--------+----------+----
 * | type | length | flags |   0    |enumeration id| start bus | device | function | ...
 * +------+--------+-------+--------+--------------+-----------+--------+----------+----
 *                                                              one pair a hop
 * </pre>
 *
 * @param path device and function of each hop, {@code device << 3 | function}
 */
record DmarScope(int type, int enumerationId, int bus, List<Integer> path) {
    static final int ENDPOINT = 1;
    static final int BRIDGE = 2;
    static final int IO_APIC = 3;
    static final int HPET = 4;
    static final int NAMESPACE_DEVICE = 5;

    static final int LENGTH_OFFSET = 1;
    static final int LENGTH_BYTES = 1;
    private static final int ENUMERATION_ID = 4;
    private static final int START_BUS = 5;
    private static final int PATH = 6;
    private static final int HOP = 2;
    private static final int LAST_DEVICE = 31;
    private static final int LAST_FUNCTION = 7;
    private static final int FUNCTION_BITS = 3;

    static DmarScope parse(Region region) {
        int type = region.u8(0, "scope type");
        if (region.length() < PATH + HOP || region.length() % HOP != 0) {
            throw region.bad(LENGTH_OFFSET, "scope length", "is " + region.length()
                    + "; a scope has 6 bytes and 2 for each hop, at least one");
        }
        List<Integer> path = new ArrayList<>();
        for (int offset = PATH; offset < region.length(); offset += HOP) {
            int device = region.u8(offset, "scope device");
            int function = region.u8(offset + 1, "scope function");
            if (device > LAST_DEVICE || function > LAST_FUNCTION) {
                throw region.bad(offset, "scope path", "is " + device + "." + function + "; the last one is 31.7");
            }
            path.add(device << FUNCTION_BITS | function);
        }
        return new DmarScope(type, region.u8(ENUMERATION_ID, "enumeration id"), region.u8(START_BUS, "start bus"),
                List.copyOf(path));
    }
}
