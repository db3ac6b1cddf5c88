package org.iommu4j.hwsim.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** The bundled machine {@code arm} with the models of the bundle. */
class ArmMachineTest {
    private static final long UNIT = 0x0905_0000L;
    private static final long STREAMS = 0x4010_0000L;

    private final SimulatedMachine machine = new SimulatedMachine(DefinitionFile.load("arm"), IommuModels.all());
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

    private PciFunction function(String address) {
        PciAddress wanted = PciAddress.parse(address);
        return machine.functions().stream().filter(function -> function.address().equals(wanted)).findFirst()
                .orElseThrow();
    }

    @Test
    void everyGeneratorReachesMemoryWhileTranslationIsOff() {
        memory.store64(0xfffc0001000L, 42);
        int generators = 0;
        for (PciFunction function : machine.functions()) {
            if (function.readConfiguration(0) >>> 16 == 0x11e9) {
                RegisterSpace bar = function.bar(0);
                assertTrue(bar.enqueue64Bytes(0x10000, new long[] {1, 0xfffc0001000L, 0, 0, 0, 0, 0, 0}));
                TestBench.await("a read of " + function.address(), () -> bar.read64(0x10040) == 1);
                assertEquals(42, bar.read64(0x11008));
                generators++;
            }
        }
        assertEquals(6, generators);
    }

    @Test
    void messagesGoToTheDoorbellOfTheTranslationService() throws InterruptedException {
        assertEquals(0x0809_0040L, machine.message(0x61).address());
        assertEquals(0x61, machine.message(0x61).data());
        ring(machine.message(0x61).address());
        assertEquals(0x61, interrupts.poll(TestBench.BOUND_SECONDS, TimeUnit.SECONDS));
    }

    /** An edu function writes its message; its stream's first stage maps the page of the doorbell elsewhere. */
    @Test
    void messagesOfDevicesAreTranslated() throws InterruptedException {
        RegisterSpace unit = machine.registers(UNIT);
        long iova = 0x800_0000L;
        long root = 0x4020_0000L;
        memory.store64(root, root + 0x1003);
        memory.store64(root + 0x1000, root + 0x2003);
        memory.store64(root + 0x2000 + 8 * (iova >> 21), root + 0x3003);
        memory.store64(root + 0x3000, 0x0060_0000_0809_0e4bL);
        memory.store64(STREAMS + 64 * 0x400, 0x4012_000bL);
        memory.store64(0x4012_0000L, 0x0001_6204_c000_0010L);
        memory.store64(0x4012_0008L, root);
        unit.write64(0x80, STREAMS);
        unit.write32(0x88, 11);
        unit.write32(0x20, 1);
        // 04:01.0 is behind a PCI bridge: its requests carry bus 4, function 0
        ring(iova + 0x40);
        assertEquals(0x61, interrupts.poll(TestBench.BOUND_SECONDS, TimeUnit.SECONDS));
    }

    private void ring(long address) {
        PciFunction edu = function("04:01.0");
        edu.writeConfiguration(0x44, (int) address);
        edu.writeConfiguration(0x4c, 0x61);
        edu.writeConfiguration(0x40, 0x00010000);
        edu.bar(0).write32(0x60, 1);
    }

    @Test
    void aStalledTransactionDoesNotKeepTheMachineOn() {
        RegisterSpace unit = machine.registers(UNIT);
        memory.store64(STREAMS + 64 * 0x28, 0x4012_000bL);
        memory.store64(0x4012_0000L, 0x0001_7204_c000_0010L);
        memory.store64(0x4012_0008L, 0x4020_0000L);
        unit.write64(0x80, STREAMS);
        unit.write32(0x88, 11);
        unit.write64(0xa0, 0x4013_0003L);
        unit.write32(0x20, 5);
        assertTrue(function("00:05.0").bar(0).enqueue64Bytes(0x10000, new long[] {1, 0x5000, 0, 0, 0, 0, 0, 0}));
        TestBench.await("a stall", () -> unit.read32(0x100a8) == 1);
        assertEquals(1L << 31, memory.loadAcquire64(0x4013_0008L) & 1L << 31, "Stall");
        machine.powerOff();
        machine.powerOn(memory, interrupts::add);
        assertEquals(0, machine.registers(UNIT).read32(0x20));
    }
}
