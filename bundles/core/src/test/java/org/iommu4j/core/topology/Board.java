package org.iommu4j.core.topology;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.RegisterSpace;

/** Functions whose configuration space is typed byte by byte. Offsets: PCI Express Base 6.0, section in each method. */
final class Board {
    static final int ALL_ACS = 0x1D;
    static final int ENDPOINT = 0;
    static final int ROOT_PORT = 4;
    static final int UPSTREAM = 5;
    static final int DOWNSTREAM = 6;
    static final int PCIE_TO_PCI = 7;
    static final int PCI_TO_PCIE = 8;
    static final int INTEGRATED = 9;
    static final int EVENT_COLLECTOR = 10;

    private final List<PciFunction> functions = new ArrayList<>();

    /** A function that reads zero but for vendor 1af4, device 0001. */
    Space add(String address) {
        Space space = new Space(PciAddress.parse(address), 4096);
        functions.add(space);
        return space.put(0x00, 0xF4, 0x1A, 0x01, 0x00);
    }

    List<PciFunction> functions() {
        return functions;
    }

    /** With one unit that serves all of segment 0. */
    Topology topology() {
        return Topology.of(functions, probe(DeviceScope.segment(0)));
    }

    Topology topology(Probe probe) {
        return Topology.of(functions, probe);
    }

    /** One unit with these scopes. */
    static Probe probe(DeviceScope... scopes) {
        return new Probe(List.of(new UnitDescription("dmar0", 0xFED9_0000L, List.of(scopes))), List.of(), List.of());
    }

    /** One function. */
    static final class Space implements PciFunction {
        private final PciAddress address;
        private byte[] bytes;

        private Space(PciAddress address, int length) {
            this.address = address;
            this.bytes = new byte[length];
        }

        Space put(int offset, int... values) {
            for (int i = 0; i < values.length; i++) {
                bytes[offset + i] = (byte) values[i];
            }
            return this;
        }

        /** 7.5.1.1.1, 7.5.1.1.2. */
        Space vendor(int low, int high) {
            return put(0x00, low, high);
        }

        /** 7.5.1.1.9: header type 0, bit 7 set. */
        Space multifunction() {
            return put(0x0E, 0x80 | bytes[0x0E]);
        }

        /** 7.5.1.3: header type 1, bus numbers. */
        Space bridge(int primary, int secondary, int subordinate) {
            return put(0x0E, bytes[0x0E] & 0x80 | 1).put(0x18, primary, secondary, subordinate);
        }

        /** 7.5.3: capability list bit of the status register, capability 0x10 at 0x40 with its type in bits 7:4. */
        Space pcie(int type) {
            return put(0x06, 0x10).put(0x34, 0x40).put(0x40, 0x10, 0x00, type << 4 | 2, 0x00);
        }

        /** 7.7.11: extended capability 0x000D, version 1, at 0x100. */
        Space acs(int capability, int control) {
            return put(0x100, 0x0D, 0x00, 0x01, 0x00, capability, 0x00, control, 0x00);
        }

        /** Intel 100 Series PCH datasheet, volume 2, PCI Express: capability at +4, control at +8, 32 bits each. */
        Space wideAcs(int capability, int control) {
            return put(0x100, 0x0D, 0x00, 0x01, 0x00, capability, 0x00, 0x00, 0x00, control, 0x00, 0x00, 0x00);
        }

        Space length(int length) {
            bytes = Arrays.copyOf(bytes, length);
            return this;
        }

        @Override
        public PciAddress address() {
            return address;
        }

        @Override
        public int configurationLength() {
            return bytes.length;
        }

        @Override
        public int readConfiguration(int offset) {
            assert offset % 4 == 0;
            return bytes[offset] & 0xFF | (bytes[offset + 1] & 0xFF) << 8 | (bytes[offset + 2] & 0xFF) << 16
                    | bytes[offset + 3] << 24;
        }

        @Override
        public void writeConfiguration(int offset, int value) {
            throw new AssertionError("topology must not write configuration space");
        }

        @Override
        public RegisterSpace bar(int index) {
            throw IommuException.of(Reason.NO_DEVICE, "no bar %d", index);
        }

        @Override
        public void enable(boolean on) {
            throw new AssertionError("topology must not touch bus mastering");
        }
    }
}
