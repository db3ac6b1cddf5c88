package org.iommu4j.hwsim.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
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

/** The bundled machine {@code intel} with the models of the bundle, as it stands after power on: translation is off. */
class IntelMachineTest {
    private final SimulatedMachine machine = new SimulatedMachine(DefinitionFile.load("intel"), IommuModels.all());
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

    @Test
    void theUnitShowsTheCapabilitiesOfTheDefinition() {
        RegisterSpace unit = machine.registers(0xfed90000L);
        // VT-d 4.1, 11.4.1 to 11.4.3: VER at 0, CAP at 8, ECAP at 10
        assertEquals(0x10, unit.read32(0x00));
        assertEquals(0x00d2078c222f0606L, unit.read64(0x08));
        assertEquals(0x0001480000000f43L, unit.read64(0x10));
    }

    @Test
    void everyGeneratorReachesMemoryWhileTranslationIsOff() {
        memory.store64(0x100001000L, 42);
        long[] read = {1, 0x100001000L, 0, 0, 0, 0, 0, 0};
        int generators = 0;
        for (PciFunction function : machine.functions()) {
            if ((function.readConfiguration(0) >>> 16) == 0x11e9) {
                RegisterSpace bar = function.bar(0);
                assertTrue(bar.enqueue64Bytes(0x10000, read));
                TestBench.await("a read of " + function.address(), () -> bar.read64(0x10040) == 1);
                assertEquals(1, bar.read64(0x11000), "completed");
                assertEquals(42, bar.read64(0x11008));
                generators++;
            }
        }
        assertEquals(6, generators);
        Map<String, Long> counters = machine.counters();
        assertEquals(6L, counters.get("dma.completed"));
        assertTrue(counters.keySet().stream().anyMatch(name -> name.startsWith("dmar0.iotlb.")), counters.toString());
    }

    @Test
    void anInterruptMessageOfADeviceReachesTheSink() throws InterruptedException {
        PciAddress address = PciAddress.parse("04:01.0");
        PciFunction edu = machine.functions().stream().filter(function -> function.address().equals(address))
                .findFirst().orElseThrow();
        edu.writeConfiguration(0x44, (int) machine.message(0x61).address());
        edu.writeConfiguration(0x4c, machine.message(0x61).data());
        edu.writeConfiguration(0x40, 0x00010000);
        edu.bar(0).write32(0x60, 1);
        assertEquals(0x61, interrupts.poll(TestBench.BOUND_SECONDS, TimeUnit.SECONDS));
    }
}
