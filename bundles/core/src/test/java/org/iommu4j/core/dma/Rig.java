package org.iommu4j.core.dma;

import java.util.List;
import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.api.machine.TablePool;

/** One device in one group over a {@link TableOfPages}. */
final class Rig implements AutoCloseable {
    static final ReservedRegion MSI = new ReservedRegion(0xfee0_0000L, 0xfeef_ffffL, ReservedRegion.Kind.MSI);
    private static final long RAM = 1L << 31;

    final TableOfPages table = new TableOfPages();
    final PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, RAM)));
    final PageAllocator frames =
            new FrameTable(memory, new TablePool(memory, RAM / 2, RAM / 2)).allocator("dma m", RAM / 2);
    final Group group = new Group();
    final Device device = new Function(group);
    final DmaOperations ops = new DmaOperations("m", memory, frames, List.of(device), table, table);

    final class Group implements IommuGroup {
        volatile Domain defaultDomain = table;

        @Override
        public int id() {
            return 0;
        }

        @Override
        public List<Device> devices() {
            return List.of(device);
        }

        @Override
        public Domain domain() {
            return defaultDomain;
        }

        @Override
        public Domain defaultDomain() {
            return defaultDomain;
        }

        @Override
        public List<ReservedRegion> reservedRegions() {
            return List.of(MSI);
        }

        @Override
        public boolean isolatedMsi() {
            return true;
        }

        @Override
        public List<String> reasons() {
            return List.of();
        }
    }

    record Function(IommuGroup group) implements Device {
        @Override
        public String machine() {
            return "m";
        }

        @Override
        public PciAddress address() {
            return PciAddress.parse("0000:00:05.0");
        }

        @Override
        public int vendorId() {
            return 0x1234;
        }

        @Override
        public int deviceId() {
            return 0x11e8;
        }

        @Override
        public int classCode() {
            return 0x00ff00;
        }

        @Override
        public RegisterSpace bar(int index) {
            throw new UnsupportedOperationException("no registers");
        }
    }

    @Override
    public void close() {
        ops.close();
        memory.close();
    }
}
