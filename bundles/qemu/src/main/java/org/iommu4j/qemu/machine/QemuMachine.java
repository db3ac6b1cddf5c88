package org.iommu4j.qemu.machine;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.qemu.chipset.Chipset;
import org.iommu4j.qemu.firmware.AcpiTables;
import org.iommu4j.qemu.pci.BusScan;
import org.iommu4j.qemu.process.Interrupts;
import org.iommu4j.qemu.process.QemuProcess;
import org.iommu4j.qemu.process.QemuProgram;
import org.iommu4j.qemu.process.Workplace;
import org.iommu4j.qemu.qtest.QtestRegisters;

/**
 * A machine that a QEMU process plays, from {@link #powerOn} to {@link #powerOff}. Memory is a file that both have
 * mapped; everything else goes over the connection. As on a PC, page 0 belongs to the firmware, and 640 KiB to 1 MiB
 * are no memory, though {@link #ram()} cannot say so. A machine that is off, or whose QEMU has died, refuses with
 * NO_DEVICE or IO.
 */
public final class QemuMachine implements Machine {
    private final String name;
    private final QemuBoard board;
    private final QemuProgram program;
    private final Optional<Path> keep;
    private final Runnable onDeath;
    private Workplace workplace;
    private volatile Powered powered;

    /** What there is while the machine is on. */
    private record Powered(QemuProcess process, Interrupts interrupts, List<PciFunction> functions,
            AcpiTables tables) {
    }

    /** A machine that ends with this JVM. @param onDeath called, on some thread, when QEMU ends by itself */
    public QemuMachine(String name, QemuBoard board, QemuProgram program, Runnable onDeath) {
        this(name, board, program, Optional.empty(), onDeath);
    }

    /**
     * A machine.
     *
     * @param keep where a QEMU lives that is to outlive this JVM if that is killed, and is found again
     * @param onDeath called, on some thread, when QEMU ends by itself
     */
    public QemuMachine(String name, QemuBoard board, QemuProgram program, Optional<Path> keep, Runnable onDeath) {
        this.keep = keep;
        this.name = name;
        this.board = board;
        this.program = program;
        this.onDeath = onDeath;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<MemoryRange> ram() {
        return board.ram();
    }

    @Override
    public synchronized Optional<Path> memoryFile() {
        if (powered != null) {
            throw IommuException.of(Reason.BUSY, "machine %s is on", name);
        }
        leaveWorkplace();
        long length = ram().stream().mapToLong(MemoryRange::length).sum();
        workplace = keep.map(directory -> Workplace.kept(name, directory, length))
                .orElseGet(() -> new Workplace(name, length));
        return Optional.of(workplace.memory());
    }

    @Override
    public synchronized boolean isLeftRunning() {
        return powered == null && workplace != null && workplace.running().isPresent();
    }

    @Override
    public Optional<Path> recordFile() {
        return keep.map(directory -> directory.resolve("record"));
    }

    @Override
    public int physicalAddressBits() {
        return chipset().physicalAddressBits();
    }

    @Override
    public synchronized void powerOn(PhysicalMemory memory, InterruptSink interrupts) {
        if (powered != null || workplace == null) {
            throw IommuException.of(Reason.BUSY, "machine %s is on, or its memory is not in its memory file", name);
        }
        boolean running = isLeftRunning();
        try {
            QemuProcess process = running ? QemuProcess.connect(name, workplace)
                    : QemuProcess.start(name, program, board.arguments(), chipset().firmware(),
                            chipset().needsMonitor(), workplace, memory);
            try {
                powered = prepare(process, running, memory, interrupts);
            } catch (RuntimeException e) {
                process.end();
                throw e;
            }
            process.onDeath(onDeath);
        } finally {
            if (powered == null) {
                leaveWorkplace();
            }
        }
    }

    private Powered prepare(QemuProcess process, boolean running, PhysicalMemory memory, InterruptSink sink) {
        List<PciFunction> functions = BusScan.functions(chipset().configuration(process.qtest()), running);
        return new Powered(process, chipset().interrupts(process, memory, sink).start(), functions,
                new AcpiTables(tables(process, running, memory)));
    }

    private byte[] tables(QemuProcess process, boolean running, PhysicalMemory memory) {
        try {
            if (running) {
                return Files.readAllBytes(workplace.tables());
            }
            byte[] tables = chipset().firmwareConfiguration(process.qtest(), memory).file(AcpiTables.FILE);
            if (workplace.isKept()) {
                Files.write(workplace.tables(), tables);
            }
            return tables;
        } catch (IOException e) {
            throw new IommuException(Reason.IO, name + ": its firmware tables cannot be kept: " + e, e);
        }
    }

    @Override
    public synchronized void powerOff() {
        Powered running = powered;
        powered = null;
        if (running != null) {
            running.interrupts.end();
            running.process.end();
        }
        leaveWorkplace();
    }

    @Override
    public List<PciFunction> functions() {
        return powered().functions;
    }

    @Override
    public Optional<byte[]> firmwareTable(String signature) {
        return powered().tables.table(signature);
    }

    @Override
    public RegisterSpace registers(long base) {
        QemuDefinition.Unit unit = board.definition().unit();
        if (base != unit.base()) {
            throw IommuException.of(Reason.NO_DEVICE, "no register file starts at %#x", base);
        }
        return new QtestRegisters(powered().process.qtest(), base, unit.length());
    }

    @Override
    public void store128(long pa, long low, long high) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        powered().process.qtest().write(pa, bytes.putLong(low).putLong(high).array());
    }

    /** QEMU runs on processors that see each other's stores, though its unit says that it does not snoop. */
    @Override
    public void flush(long pa, long length) {
        VarHandle.fullFence();
    }

    @Override
    public MsiMessage message(int vector) {
        if (vector < 0 || vector >= vectors()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "vector %d: vectors are 0 to %d", vector, vectors() - 1);
        }
        return chipset().message(vector);
    }

    @Override
    public void wire(int line, int vector) {
        powered().interrupts.wire(line, vector);
    }

    @Override
    public int vectors() {
        return Interrupts.VECTORS;
    }

    /** QEMU counts nothing. */
    @Override
    public Map<String, Long> counters() {
        return Map.of();
    }

    private Chipset chipset() {
        return board.definition().chipset();
    }

    private Powered powered() {
        Powered running = powered;
        if (running == null) {
            throw IommuException.of(Reason.NO_DEVICE, "machine %s is off", name);
        }
        return running;
    }

    private void leaveWorkplace() {
        if (workplace != null) {
            workplace.close();
            workplace = null;
        }
    }
}
