package org.iommu4j.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.SwapReport;

/** A machine with one group of two devices; whoever tries to change it fails the test. */
final class FakeMachine implements IommuOps {
    private final String name;
    private final Group group = new Group();
    private final List<Device> devices = new ArrayList<>();

    FakeMachine(String name, String... addresses) {
        this.name = name;
        for (String address : addresses) {
            devices.add(new Function(PciAddress.parse(address)));
        }
    }

    @Override
    public String machine() {
        return name;
    }

    @Override
    public List<Device> devices() {
        return devices;
    }

    @Override
    public Device device(PciAddress address) {
        return devices.stream().filter(device -> device.address().equals(address)).findFirst()
                .orElseThrow(() -> IommuException.of(Reason.NO_DEVICE, "no device %s", address));
    }

    @Override
    public List<IommuGroup> groups() {
        return List.of(group);
    }

    @Override
    public Domain blocked() {
        throw changed();
    }

    @Override
    public Domain identity() {
        throw changed();
    }

    @Override
    public Domain allocate(IommuGroup to, Set<DomainFlag> flags) {
        throw changed();
    }

    @Override
    public void free(Domain domain) {
        throw changed();
    }

    @Override
    public void attach(IommuGroup to, Domain domain) {
        throw changed();
    }

    @Override
    public AttachMethod replace(IommuGroup in, Domain domain) {
        throw changed();
    }

    @Override
    public void detach(IommuGroup from) {
        throw changed();
    }

    @Override
    public void defaultType(IommuGroup of, DomainType type) {
        throw changed();
    }

    @Override
    public void claim(IommuGroup of, String owner) {
        throw changed();
    }

    @Override
    public void release(IommuGroup of, String owner) {
        throw changed();
    }

    private static AssertionError changed() {
        return new AssertionError("a command that looks must not change anything");
    }

    private record Number(long id, String machine, DomainType type) implements Domain {
        @Override
        public int granted(int protection) {
            return protection;
        }

        @Override
        public long lastIova() {
            return (1L << 48) - 1;
        }

        @Override
        public long pageSizes() {
            return 1L << 12;
        }
    }

    private final class Group implements IommuGroup {
        @Override
        public int id() {
            return 3;
        }

        @Override
        public List<Device> devices() {
            return devices;
        }

        @Override
        public Domain domain() {
            return new Number(7, name, DomainType.PAGING);
        }

        @Override
        public Domain defaultDomain() {
            return new Number(2, name, DomainType.DMA);
        }

        @Override
        public List<ReservedRegion> reservedRegions() {
            return List.of(new ReservedRegion(0xFEE0_0000L, 0xFEEF_FFFFL, ReservedRegion.Kind.MSI));
        }

        @Override
        public boolean isolatedMsi() {
            return false;
        }

        @Override
        public List<String> reasons() {
            return List.of("0000:01:00.1 is of one device with 0000:01:00.0");
        }
    }

    private final class Function implements Device {
        private final PciAddress address;

        Function(PciAddress address) {
            this.address = address;
        }

        @Override
        public String machine() {
            return name;
        }

        @Override
        public PciAddress address() {
            return address;
        }

        @Override
        public int vendorId() {
            return 0x8086;
        }

        @Override
        public int deviceId() {
            return 0x10D3;
        }

        @Override
        public int classCode() {
            return 0x020000;
        }

        @Override
        public IommuGroup group() {
            return group;
        }

        @Override
        public RegisterSpace bar(int index) {
            throw IommuException.of(Reason.NO_DEVICE, "no bar %d", index);
        }
    }

    /** A successor always comes; remembers what was asked for. */
    static final class Swap implements DriverSwap {
        final List<String> asked = new ArrayList<>();

        @Override
        public SwapReport swap(String bundle, Path jar) {
            asked.add(bundle + " " + jar.getFileName());
            return new SwapReport("org.iommu4j.vtd 1.0.0", "org.iommu4j.vtd 1.1.0", "adopt", 2,
                    17, 12_300_000, 450_000, 90_000, List.of("leave=300000", "adopt=150000"));
        }
    }

    /** Counters of every machine. */
    static Map<String, Long> counters() {
        return Map.of("dmar0.iotlb.misses", 5L, "dmar0.iotlb.hits", 12L);
    }
}
