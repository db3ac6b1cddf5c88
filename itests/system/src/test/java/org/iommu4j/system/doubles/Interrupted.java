package org.iommu4j.system.doubles;

import org.iommu4j.api.driver.IommuDriver;

/** The real driver on a processor that is taken away between the store of an entry and its invalidation. */
public final class Interrupted {
    private Interrupted() {
    }

    /** @param between run whenever the driver is about to tell hardware of new descriptors, or of anything else */
    public static IommuDriver driver(IommuDriver real, Runnable between) {
        return DriverDouble.on(real, PortsDouble.registers(unit -> new RegistersDouble(unit.registers()) {
            @Override
            public void write32(long offset, int value) {
                between.run();
                super.write32(offset, value);
            }

            @Override
            public void write64(long offset, long value) {
                between.run();
                super.write64(offset, value);
            }
        }));
    }
}
