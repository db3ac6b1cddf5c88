package org.iommu4j.core.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/** A machine whose tables are maps: what drivers leave in "memory" for each other. */
public final class FakeMachine implements Machine {
    /** 00:05.0 and 00:05.1 are one group (one device, no ACS), 00:06.0 is another. */
    public static final List<String> ADDRESSES = List.of("0000:00:05.0", "0000:00:05.1", "0000:00:06.0");

    /** Domain id to (page to physical page). */
    public final Map<Long, Map<Long, Long>> tables = new ConcurrentHashMap<>();
    /** Requester id to what it is attached to. */
    public final Map<Integer, String> contexts = new ConcurrentHashMap<>();
    /** Wires to vectors. */
    public final Map<Integer, Integer> wires = new ConcurrentHashMap<>();
    public final List<FakeFunction> functions = new ArrayList<>();
    public volatile InterruptSink interrupts;
    public volatile boolean on;
    private final String name;

    public FakeMachine(String name) {
        this.name = name;
        ADDRESSES.forEach(address -> functions.add(new FakeFunction(PciAddress.parse(address))));
    }

    public FakeFunction function(String address) {
        return functions.stream().filter(f -> f.address().equals(PciAddress.parse(address))).findFirst().orElseThrow();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<MemoryRange> ram() {
        return List.of(new MemoryRange(0, 1 << 20));
    }

    @Override
    public int physicalAddressBits() {
        return 46;
    }

    @Override
    public void powerOn(PhysicalMemory memory, InterruptSink sink) {
        interrupts = sink;
        on = true;
    }

    @Override
    public void powerOff() {
        on = false;
    }

    @Override
    public List<PciFunction> functions() {
        return List.copyOf(functions);
    }

    @Override
    public Optional<byte[]> firmwareTable(String signature) {
        return Optional.empty();
    }

    @Override
    public RegisterSpace registers(long base) {
        throw IommuException.of(Reason.NO_DEVICE, "no registers at %#x", base);
    }

    @Override
    public void store128(long pa, long low, long high) {
        throw new UnsupportedOperationException("not used by the fake driver");
    }

    @Override
    public void flush(long pa, long length) {
        throw new UnsupportedOperationException("not used by the fake driver");
    }

    @Override
    public MsiMessage message(int vector) {
        return new MsiMessage(0xFEE0_0000L, vector);
    }

    @Override
    public void wire(int line, int vector) {
        wires.put(line, vector);
    }

    @Override
    public int vectors() {
        return 4;
    }

    @Override
    public Map<String, Long> counters() {
        return Map.of();
    }

    /** A function of a device with several, integrated into the root complex, without ACS. */
    public static final class FakeFunction implements PciFunction {
        public volatile boolean dma = true;
        private final PciAddress address;
        private final byte[] space = new byte[256];

        FakeFunction(PciAddress address) {
            this.address = address;
            put(0x00, 0xF4, 0x1A, 0x01, 0x00);
            put(0x06, 0x10);
            put(0x0E, 0x80);
            put(0x34, 0x40);
            put(0x40, 0x10, 0x00, 0x92, 0x00);
        }

        private void put(int offset, int... values) {
            for (int i = 0; i < values.length; i++) {
                space[offset + i] = (byte) values[i];
            }
        }

        @Override
        public PciAddress address() {
            return address;
        }

        @Override
        public int configurationLength() {
            return space.length;
        }

        @Override
        public int readConfiguration(int offset) {
            return space[offset] & 255 | (space[offset + 1] & 255) << 8 | (space[offset + 2] & 255) << 16
                    | space[offset + 3] << 24;
        }

        @Override
        public void writeConfiguration(int offset, int value) {
            throw new UnsupportedOperationException("read only");
        }

        @Override
        public RegisterSpace bar(int index) {
            throw IommuException.of(Reason.NO_DEVICE, "no bar %d", index);
        }

        @Override
        public void enable(boolean on) {
            dma = on;
        }
    }
}
