package org.iommu4j.hwsim.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineReader;
import org.junit.jupiter.api.Test;

class SimulatedMachineTest {
    private static final String GENERATOR = "{\"address\": \"00:05.0\", \"kind\": \"dmagen\", \"channels\": 3}";

    @Test
    void aMachineThatIsOffRefusesItsPortsAndCountsNothing() {
        TestBench bench = new TestBench(TestModel.IDENTITY, 1, GENERATOR);
        bench.close();
        assertEquals(Reason.NO_DEVICE, assertThrows(IommuException.class, bench.machine::functions).reason());
        assertEquals(Reason.NO_DEVICE,
                assertThrows(IommuException.class, () -> bench.machine.registers(0xfed90000L)).reason());
        assertEquals(Reason.NO_DEVICE,
                assertThrows(IommuException.class, () -> bench.machine.store128(0, 1, 2)).reason());
        assertEquals(Map.of(), bench.machine.counters());
        assertTrue(bench.model.off());
        bench.machine.powerOff();
    }

    @Test
    void deviceThreadsBearTheMachinesNameAndEndWithPowerOff() {
        TestBench bench = new TestBench(TestModel.IDENTITY, 3, GENERATOR);
        assertEquals(Set.of("bench dma 0", "bench dma 1", "bench dma 2"), threads("bench dma"));
        bench.close();
        assertEquals(Set.of(), threads("bench dma"));
    }

    @Test
    void aMachineIsPoweredOnOnceAndAgainAfterPowerOffWithResetRegisters() {
        try (TestBench bench = new TestBench(TestModel.IDENTITY, 1,
                "{\"address\": \"00:05.0\", \"kind\": \"edu\"}")) {
            assertEquals(Reason.BUSY, assertThrows(IommuException.class,
                    () -> bench.machine.powerOn(bench.memory, vector -> { })).reason());
            bench.function("00:05.0").writeConfiguration(0x3c, 0x55);
            bench.machine.powerOff();
            bench.machine.powerOn(bench.memory, vector -> { });
            assertEquals(0x100, bench.function("00:05.0").readConfiguration(0x3c));
        }
    }

    @Test
    void memoryThatLacksARangeIsRefusedAndTheMachineStaysOff() {
        SimulatedMachine machine = new SimulatedMachine(MachineReader.read(DefinitionNode.parse("test",
                TestBench.json(1))), TestModel.models(new TestModel(TestModel.IDENTITY)));
        try (PhysicalMemory small = PhysicalMemory.temporary(List.of(new MemoryRange(0, 0x1000)))) {
            assertEquals(Reason.BAD_ADDRESS, assertThrows(IommuException.class,
                    () -> machine.powerOn(small, vector -> { })).reason());
            assertThrows(IommuException.class, machine::functions);
        }
    }

    @Test
    void store128IsSeenByAWideLoad() {
        try (TestBench bench = new TestBench(TestModel.IDENTITY, 1)) {
            bench.machine.store128(0x1230, 0x1111, 0x2222);
            long[] words = new long[2];
            bench.memory.load128(0x1230, words, 0);
            assertEquals(0x1111, words[0]);
            assertEquals(0x2222, words[1]);
        }
    }

    @Test
    void messagesAreInTheWindowOfTheInterruptArchitecture() {
        SimulatedMachine machine = new SimulatedMachine(MachineReader.read(DefinitionNode.parse("test",
                TestBench.json(1))), TestModel.models(new TestModel(TestModel.IDENTITY)));
        // Intel SDM volume 3, figures 11-24 and 11-25: address 31:20 = 0FEEH, vector in data 7:0
        assertEquals(new MsiMessage(0xfee00000L, 0x41), machine.message(0x41));
        assertEquals(256, machine.vectors());
        assertThrows(IommuException.class, () -> machine.message(256));
        assertThrows(IommuException.class, () -> machine.message(-1));
    }

    @Test
    void anUnknownModelIsRefusedBeforePowerOn() {
        IommuException e = assertThrows(IommuException.class, () -> new SimulatedMachine(
                MachineReader.read(DefinitionNode.parse("x.json", TestBench.json(1).replace("\"test\"", "\"nope\""))),
                TestModel.models(new TestModel(TestModel.IDENTITY))));
        assertEquals("x.json: units[0].model = \"nope\" is none of test", e.getMessage());
    }

    @Test
    void twoMachinesLiveSideBySide() {
        String edu = "{\"address\": \"00:05.0\", \"kind\": \"edu\"}";
        try (TestBench one = new TestBench(TestModel.IDENTITY, 1, edu);
             TestBench two = new TestBench(TestModel.IDENTITY, 1, edu)) {
            one.function("00:05.0").bar(0).write32(0x04, 1);
            two.function("00:05.0").bar(0).write32(0x04, 2);
            assertEquals(~1, one.function("00:05.0").bar(0).read32(0x04));
            assertEquals(~2, two.function("00:05.0").bar(0).read32(0x04));
        }
    }

    @Test
    void theBundledIntelMachineHasItsDevicesAndItsTable() {
        IommuModels vtd = new IommuModels(Map.of("vtd", (name, unit, board) -> new TestModel(TestModel.IDENTITY)));
        SimulatedMachine machine = new SimulatedMachine(DefinitionFile.load("intel").named("other"), vtd);
        assertEquals("other", machine.name());
        assertEquals(46, machine.physicalAddressBits());
        assertEquals(new MemoryRange(0x3fffc0000000L, 1L << 30), machine.ram().get(machine.ram().size() - 1));
        assertEquals(64, machine.firmwareTable("DMAR").orElseThrow().length);
        assertFalse(machine.firmwareTable("IVRS").isPresent());
        try (PhysicalMemory memory = PhysicalMemory.temporary(machine.ram())) {
            machine.powerOn(memory, vector -> { });
            assertEquals(18, machine.functions().size());
            machine.powerOff();
        }
    }

    private static Set<String> threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith(prefix)).collect(Collectors.toCollection(TreeSet::new));
    }
}
