package org.iommu4j.system.doubles;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/** A machine whose 16-byte stores are two of 8 bytes, in random order: as a driver without wide stores would write. */
public final class TornStores implements Machine {
    private final Machine real;
    private final PhysicalMemory memory;
    private final Runnable between;
    private final Random random;

    private TornStores(Machine real, PhysicalMemory memory, Runnable between, long seed) {
        this.real = real;
        this.memory = memory;
        this.between = between;
        this.random = new Random(seed);
    }

    /** A driver on such a machine. @param between run between the two halves */
    public static IommuDriver driver(IommuDriver real, Runnable between, long seed) {
        return DriverDouble.on(real, PortsDouble.machine(
                unit -> new TornStores(unit.machine(), unit.memory(), between, seed)));
    }

    @Override
    public void store128(long pa, long low, long high) {
        boolean highFirst = random.nextBoolean();
        memory.storeRelease64(highFirst ? pa + Long.BYTES : pa, highFirst ? high : low);
        between.run();
        memory.storeRelease64(highFirst ? pa : pa + Long.BYTES, highFirst ? low : high);
    }

    @Override
    public void flush(long pa, long length) {
        real.flush(pa, length);
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public List<MemoryRange> ram() {
        return real.ram();
    }

    @Override
    public int physicalAddressBits() {
        return real.physicalAddressBits();
    }

    @Override
    public void powerOn(PhysicalMemory board, InterruptSink interrupts) {
        real.powerOn(board, interrupts);
    }

    @Override
    public void powerOff() {
        real.powerOff();
    }

    @Override
    public List<PciFunction> functions() {
        return real.functions();
    }

    @Override
    public Optional<byte[]> firmwareTable(String signature) {
        return real.firmwareTable(signature);
    }

    @Override
    public RegisterSpace registers(long base) {
        return real.registers(base);
    }

    @Override
    public MsiMessage message(int vector) {
        return real.message(vector);
    }

    @Override
    public int vectors() {
        return real.vectors();
    }

    @Override
    public Map<String, Long> counters() {
        return real.counters();
    }
}
