package org.iommu4j.replay.plan;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One device of a trace.
 *
 * @param name as the kernel prints it: {@code SSSS:BB:DD.F} for PCI
 * @param segment PCI segment, or -1 if this is no PCI function
 * @param rid bus, device and function as a 16-bit requester ID, or -1 if this is no PCI function
 * @param group the trace's group number; a device that no line put into a group has one of its own
 * @param grouped whether the trace itself told the group
 */
public record TraceDevice(String name, int segment, int rid, int group, boolean grouped) {

    private static final Pattern PCI =
            Pattern.compile("([0-9a-fA-F]{4,8}):([0-9a-fA-F]{2}):([01][0-9a-fA-F])\\.([0-7])");

    static TraceDevice of(String name, int group, boolean grouped) {
        Matcher parts = PCI.matcher(name);
        if (!parts.matches()) {
            return new TraceDevice(name, -1, -1, group, grouped);
        }
        int rid = Integer.parseInt(parts.group(2), 16) << 8
                | Integer.parseInt(parts.group(3), 16) << 3
                | Integer.parseInt(parts.group(4), 8);
        return new TraceDevice(name, (int) Long.parseLong(parts.group(1), 16), rid, group, grouped);
    }

    /** Whether this is a PCI function. */
    public boolean pci() {
        return rid >= 0;
    }

    /** PCI bus, 0 to 255. */
    public int bus() {
        return rid >> 8;
    }

    /** PCI device number, 0 to 31. */
    public int slot() {
        return rid >> 3 & 0x1F;
    }

    /** PCI function number, 0 to 7. */
    public int function() {
        return rid & 7;
    }
}
