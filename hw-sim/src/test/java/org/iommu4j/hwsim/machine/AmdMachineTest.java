package org.iommu4j.hwsim.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bundled machine {@code amd} with the models of the bundle. */
class AmdMachineTest {
    private static final long COMMANDS = 0x1_0000_0000L;

    private final SimulatedMachine machine = new SimulatedMachine(DefinitionFile.load("amd"), IommuModels.all());
    private final BlockingQueue<Integer> interrupts = new LinkedBlockingQueue<>();
    private PhysicalMemory memory;

    @BeforeEach
    void powerOn() {
        memory = PhysicalMemory.temporary(machine.ram());
        machine.powerOn(memory, interrupts::add);
    }

    @AfterEach
    void powerOff() {
        machine.powerOff();
        memory.close();
    }

    private PciFunction function(String text) {
        PciAddress address = PciAddress.parse(text);
        return machine.functions().stream().filter(function -> function.address().equals(address)).findFirst()
                .orElseThrow();
    }

    @Test
    void theUnitsOwnFunctionLeadsToItsRegisters() {
        PciFunction own = function("00:00.2");
        // AMD 48882 section 3.2: the capability block is the first of the list
        assertEquals(0x0806_0000, own.readConfiguration(8));
        int block = own.readConfiguration(0x34) & 0xff;
        assertEquals(0x180b_640f, own.readConfiguration(block));
        long base = own.readConfiguration(block + 4) & 0xffff_c000L;
        assertEquals(0x0013_000f_0000_9858L, machine.registers(base).read64(0x30));
    }

    @Test
    void aCompletionWaitInterruptsThroughTheUnitsOwnFunction() throws InterruptedException {
        PciFunction own = function("00:00.2");
        own.writeConfiguration(0x68, (int) machine.message(0x61).address());
        own.writeConfiguration(0x70, machine.message(0x61).data());
        own.writeConfiguration(0x64, 0x0001_0000);
        RegisterSpace unit = machine.registers(0xfeb8_0000L);
        unit.write64(0x08, COMMANDS | 8L << 56);
        unit.write64(0x18, 0x1011);
        memory.store64(COMMANDS, 0x1000_0000_0000_0002L);
        unit.write64(0x2008, 0x10);
        assertEquals(0x61, interrupts.poll(TestBench.BOUND_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void aGeneratorBehindTheBridgeIsTranslatedByTheAlias() {
        RegisterSpace unit = machine.registers(0xfeb8_0000L);
        // Device table at 2^32 for all devices; 04:00.0 has V, TV, Mode 1, IR, IW; one leaf.
        unit.write64(0x00, COMMANDS | 0x1ff);
        long root = COMMANDS + 0x20_0000;
        memory.store128(COMMANDS + 32 * 0x400, 0x6000_0000_0000_0203L | root, 9);
        memory.store64(root + 8 * 5, 0x6000_0000_0000_0001L | root + 0x1000);
        memory.store64(root + 0x1008, 42);
        unit.write64(0x18, 0x401);
        RegisterSpace bar = function("04:02.0").bar(0);
        bar.enqueue64Bytes(0x10000, new long[] {1, 0x5008, 0, 0, 0, 0, 0, 0});
        TestBench.await("a read", () -> bar.read64(0x10040) == 1);
        assertEquals(1, bar.read64(0x11000), "completed");
        assertEquals(42, bar.read64(0x11008));
    }
}
