package org.iommu4j.system.doubles;

import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.machine.RegisterSpace;

/** The real driver on a processor that is taken away between the store of an entry and its invalidation. */
public final class Interrupted {
    private Interrupted() {
    }

    /** @param between run whenever the driver is about to tell hardware of new descriptors, or of anything else */
    public static IommuDriver driver(IommuDriver real, Runnable between) {
        return DriverDouble.on(real, PortsDouble.registers(unit -> new Stores(unit.registers(), between)));
    }

    private record Stores(RegisterSpace real, Runnable between) implements RegisterSpace {
        @Override
        public void write32(long offset, int value) {
            between.run();
            real.write32(offset, value);
        }

        @Override
        public void write64(long offset, long value) {
            between.run();
            real.write64(offset, value);
        }

        @Override
        public long length() {
            return real.length();
        }

        @Override
        public int read32(long offset) {
            return real.read32(offset);
        }

        @Override
        public long read64(long offset) {
            return real.read64(offset);
        }

        @Override
        public void store64Bytes(long offset, long[] words) {
            real.store64Bytes(offset, words);
        }

        @Override
        public boolean enqueue64Bytes(long offset, long[] words) {
            return real.enqueue64Bytes(offset, words);
        }
    }
}
