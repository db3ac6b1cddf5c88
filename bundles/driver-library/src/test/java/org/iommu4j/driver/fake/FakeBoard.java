package org.iommu4j.driver.fake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.api.machine.TablePool;

/** Memory, a pool of frames, firmware tables and PCI functions. Counts 128-bit stores. */
public final class FakeBoard implements Machine, AutoCloseable {
    private static final long POOL = 64L << 20;

    private final List<MemoryRange> ram = List.of(new MemoryRange(4L << 30, 1L << 30));
    public final PhysicalMemory memory = PhysicalMemory.temporary(ram);
    private final FrameTable frameTable = new FrameTable(memory, new TablePool(memory, 4L << 30, POOL));
    public final PageAllocator frames = frameTable.allocator("test", POOL);
    public final Map<String, byte[]> tables = new HashMap<>();
    public final List<PciFunction> functions = new ArrayList<>();
    public int stores128;
    /** Runs after each 128-bit store. */
    public Runnable onStore128 = () -> { };
    /** Every line of 64 bytes that was flushed. */
    public final Set<Long> flushed = new HashSet<>();
    private final Map<Long, Long> behindCaches = new HashMap<>();

    /** Runs at each flush, with its address. */
    public LongConsumer onFlush = pa -> { };
    private final int physicalAddressBits;
    private final long doorbell;

    /** @param doorbell where interrupt messages go */
    public FakeBoard(int physicalAddressBits, long doorbell) {
        this.physicalAddressBits = physicalAddressBits;
        this.doorbell = doorbell;
    }

    /** The same frames under a smaller quota. */
    public PageAllocator frames(long quota) {
        return frameTable.allocator("small", quota);
    }

    public boolean isFree(long frame) {
        return frameTable.ownerOf(frame) == null;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public List<MemoryRange> ram() {
        return ram;
    }

    @Override
    public int physicalAddressBits() {
        return physicalAddressBits;
    }

    @Override
    public void powerOn(PhysicalMemory given, InterruptSink interrupts) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void powerOff() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<PciFunction> functions() {
        return List.copyOf(functions);
    }

    @Override
    public Optional<byte[]> firmwareTable(String signature) {
        return Optional.ofNullable(tables.get(signature));
    }

    @Override
    public RegisterSpace registers(long base) {
        throw IommuException.of(Reason.NO_DEVICE, "%#x", base);
    }

    @Override
    public void store128(long pa, long low, long high) {
        stores128++;
        memory.store128(pa, low, high);
        onStore128.run();
    }

    @Override
    public void flush(long pa, long length) {
        onFlush.accept(pa);
        for (long line = pa & -64; line < pa + length; line += 64) {
            flushed.add(line);
            for (long word = line; word < line + 64; word += 8) {
                behindCaches.put(word, memory.load64(word));
            }
        }
    }

    /** A word as hardware reads it that does not snoop processor caches. */
    public long inMemory(long pa) {
        return behindCaches.getOrDefault(pa, 0xDEADL);
    }

    @Override
    public MsiMessage message(int vector) {
        return new MsiMessage(doorbell, vector);
    }

    @Override
    public int vectors() {
        return 256;
    }

    @Override
    public Map<String, Long> counters() {
        return new TreeMap<>();
    }

    @Override
    public void close() {
        memory.close();
    }
}
