package org.iommu4j.system.doubles;

import org.iommu4j.api.driver.IommuDriver;

/** The real driver on a processor that is taken away between the store of an entry and its invalidation. */
public final class Interrupted {
    private Interrupted() {
    }

    /** @param between run whenever the driver is about to tell hardware of new descriptors */
    public static IommuDriver driver(Runnable between) {
        return DriverDouble.on(PortsDouble.registers(unit -> new QueueTap(unit.registers(), unit.memory(),
                (words, memory) -> between.run())));
    }
}
