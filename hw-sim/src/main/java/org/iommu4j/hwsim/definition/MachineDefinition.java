package org.iommu4j.hwsim.definition;

import java.util.List;
import java.util.Map;
import org.iommu4j.api.machine.MemoryRange;

/**
 * A machine as its definition describes it; each field was checked on its own. Immutable.
 *
 * @param name key of the machine's services
 * @param physicalAddressBits 32 to 52
 * @param interrupts where interrupt messages go
 * @param dmaThreads device threads, 1 to 64
 * @param seed of every random choice
 * @param ram sorted and disjoint
 * @param units in the order in which firmware lists them
 * @param firmware tables by signature: {@link #GENERATED}, or the path of a file
 * @param devices sorted by address
 */
public record MachineDefinition(String name, int physicalAddressBits, InterruptWindow interrupts, int dmaThreads,
                                long seed, List<MemoryRange> ram, List<UnitDefinition> units,
                                Map<String, String> firmware, List<DeviceDefinition> devices) {
    /** In place of a path: the table is made from the definition. */
    public static final String GENERATED = "generated";

    public MachineDefinition {
        ram = List.copyOf(ram);
        units = List.copyOf(units);
        firmware = Map.copyOf(firmware);
        devices = List.copyOf(devices);
    }

    /** The same machine under another name, so that several can live side by side. */
    public MachineDefinition named(String other) {
        return new MachineDefinition(other, physicalAddressBits, interrupts, dmaThreads, seed, ram, units, firmware,
                devices);
    }
}
