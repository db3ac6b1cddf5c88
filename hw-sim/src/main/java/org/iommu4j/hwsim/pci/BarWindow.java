package org.iommu4j.hwsim.pci;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.PciAddress;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.DeviceKind;

/**
 * Addresses of the base address registers, as firmware assigns them: upwards in one window below 4 GiB, in the order of
 * the functions' addresses, each in a step of its own, so that what lies below a bridge is one range. Immutable.
 */
public final class BarWindow {
    /** Size of every function's register memory, and the granularity of bridge windows: 1 MiB. */
    public static final long STEP = 1L << 20;
    private static final long FIRST = 0xe000_0000L;
    private static final long END = 0xfe00_0000L;

    private final Map<PciAddress, Long> addresses = new HashMap<>();

    /** @param first 0 if empty @param last inclusive */
    record Range(long first, long last) {
        boolean empty() {
            return last == 0;
        }
    }

    /** @param devices sorted by address */
    public BarWindow(List<DeviceDefinition> devices) {
        long next = FIRST;
        for (DeviceDefinition device : devices) {
            if (!hasRegisters(device)) {
                continue;
            }
            if (next == END) {
                throw device.source().refuse(String.format(
                        "finds no room for its registers: %#x to %#x hold %d devices", FIRST, END - 1,
                        (END - FIRST) / STEP));
            }
            addresses.put(device.address(), next);
            next += STEP;
        }
    }

    static boolean hasRegisters(DeviceDefinition device) {
        return device.kind() == DeviceKind.EDU || device.kind() == DeviceKind.DMAGEN;
    }

    long address(DeviceDefinition device) {
        return addresses.get(device.address());
    }

    /** What a bridge must forward to reach the registers below it. */
    Range below(DeviceDefinition bridge) {
        long first = Long.MAX_VALUE;
        long last = 0;
        for (Map.Entry<PciAddress, Long> entry : addresses.entrySet()) {
            if (bridge.leadsTo(entry.getKey().segment(), entry.getKey().bus())) {
                first = Math.min(first, entry.getValue());
                last = Math.max(last, entry.getValue() + STEP - 1);
            }
        }
        return new Range(last == 0 ? 0 : first, last);
    }
}
