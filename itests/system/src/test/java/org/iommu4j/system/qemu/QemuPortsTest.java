package org.iommu4j.system.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.qemu.machine.QemuBoard;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.qemu.machine.QemuMachine;
import org.iommu4j.qemu.process.QemuProgram;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a machine that QEMU plays shows through its ports, with no driver: the IOMMU is off, DMA is not translated. */
class QemuPortsTest {
    private static final long GIB = PhysicalMemory.CHUNK;
    private static final long TAG = 0x0123_4567_89ab_cdefL;
    private static final int WORD = Long.BYTES;

    @ParameterizedTest
    @EnumSource
    void devicesReachMemoryAtPhysicalAddressesInEveryRange(QemuDefinition definition) {
        try (Ports ports = new Ports(new QemuBoard(definition, 3, 2), vector -> { })) {
            List<MemoryRange> ram = ports.machine.ram();
            long to = ram.get(ram.size() - 1).last() + 1 - PhysicalMemory.PAGE;
            for (String address : List.of("0000:00:05.0", "0000:00:06.0", "0000:01:00.0", "0000:00:08.0",
                    "0000:00:09.0")) {
                for (MemoryRange range : ram) {
                    long from = range.start() + (32 << 20);
                    ports.memory.storeRelease64(from, TAG ^ from);
                    ports.edu(address).copy(from, to, WORD);
                    assertEquals(TAG ^ from, ports.memory.loadAcquire64(to), address + " from " + range);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void rangesStartAtWholeGibAndTheLastOneIsForTables(QemuDefinition definition) {
        for (int gib = 2; gib < 6; gib++) {
            List<MemoryRange> ram = definition.chipset().ram(gib);
            assertEquals(gib * GIB, ram.stream().mapToLong(MemoryRange::length).sum());
            assertEquals(GIB, ram.get(ram.size() - 1).length());
            assertTrue(ram.stream().allMatch(range -> range.start() % GIB == 0), ram.toString());
        }
        assertEquals(Reason.BAD_INPUT,
                assertThrows(IommuException.class, () -> new QemuBoard(definition, 1, 0)).reason());
        assertEquals(Reason.BAD_INPUT,
                assertThrows(IommuException.class, () -> new QemuBoard(definition, 2, 24)).reason());
    }

    @Test
    void theArmBoardHasAnSmmuWithItsTableAndRegisters() {
        try (Ports ports = new Ports(new QemuBoard(QemuDefinition.ARM), vector -> { })) {
            byte[] iort = ports.table("IORT");
            // IORT (DEN0049), node type 4: an SMMUv3; its base address at offset 16 of the node.
            assertTrue(contains(iort, 16, 4, 0x0905_0000L), "no SMMUv3 at 0x9050000");
            RegisterSpace smmu = ports.machine.registers(0x0905_0000L);
            // IHI 0070, section 6.3.1 and 6.3.2: SMMU_IDR0 and SMMU_IDR1 as QEMU 10 has them.
            assertEquals(0x0d44101b, smmu.read32(0x00));
            assertEquals(0x02730010, smmu.read32(0x04));
            assertEquals(0, smmu.read32(0x100a8), "SMMU_EVENTQ_PROD, on page 1");
            assertEquals(Reason.NO_DEVICE, assertThrows(IommuException.class,
                    () -> ports.machine.registers(0xfed9_0000L)).reason());
        }
    }

    @Test
    void aWireOfTheSmmuArrivesAsTheVectorThatItIsTiedTo() throws InterruptedException {
        CountDownLatch arrived = new CountDownLatch(1);
        int vector = 17;
        try (Ports ports = new Ports(new QemuBoard(QemuDefinition.ARM), came -> {
            if (came == vector) {
                arrived.countDown();
            }
        })) {
            // The GSIV of the global error, as the IORT says.
            ports.machine.wire(109, vector);
            RegisterSpace smmu = ports.machine.registers(0x0905_0000L);
            long queue = 0x4400_0000L;
            // An opcode that there is not (IHI 0070, section 4.1.1) in a queue of two entries (section 6.3.26).
            ports.memory.storeRelease64(queue, 0xff);
            smmu.write64(0x90, queue | 1);
            smmu.write32(0x50, 1); // SMMU_IRQ_CTRL.GERROR_IRQEN
            smmu.write32(0x20, 1 << 3); // SMMU_CR0.CMDQEN
            smmu.write32(0x98, 1); // SMMU_CMDQ_PROD
            assertTrue(arrived.await(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS), "no interrupt");
            assertEquals(1, smmu.read32(0x60) & 1, "SMMU_GERROR.CMDQ_ERR");
            assertEquals(Reason.NOT_SUPPORTED, assertThrows(IommuException.class,
                    () -> ports.machine.wire(110, vector)).reason());
        }
    }

    @Test
    void theAmdBoardHasAnIommuWithItsTableFunctionAndRegisters() {
        try (Ports ports = new Ports(new QemuBoard(QemuDefinition.AMD), vector -> { })) {
            byte[] ivrs = ports.table("IVRS");
            // AMD I/O Virtualization Technology specification, section 5.2.2.1: IVHD type 10h, its base at offset 8.
            assertTrue(contains(ivrs, 8, 0x10, 0xfed8_0000L), "no IVHD with registers at 0xfed80000");
            PciFunction function = ports.machine.functions().stream()
                    .filter(each -> each.readConfiguration(0x08) >>> 16 == 0x0806).findFirst().orElseThrow();
            assertEquals(0x14191022, function.readConfiguration(0));
            // Section 3.4.1: extended feature register.
            assertEquals(0x29d3, ports.machine.registers(0xfed8_0000L).read64(0x30) & 0xffff);
            ports.machine.store128(0x2000_0000L, TAG, ~TAG);
            assertEquals(TAG, ports.memory.loadAcquire64(0x2000_0000L));
            assertEquals(~TAG, ports.memory.loadAcquire64(0x2000_0008L));
        }
    }

    /** True if some structure of a type, the type in its first byte, holds a 64-bit value at an offset. */
    private static boolean contains(byte[] table, int offset, int type, long value) {
        ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + offset + WORD <= table.length; at++) {
            if ((table[at] & 0xff) == type && bytes.getLong(at + offset) == value) {
                return true;
            }
        }
        return false;
    }

    /** A machine that is on, and nothing else. */
    private static final class Ports implements AutoCloseable {
        final QemuMachine machine;
        final PhysicalMemory memory;

        Ports(QemuBoard board, InterruptSink sink) {
            QemuProgram program = board.definition().program();
            Optional<String> problem = program.problem();
            Assumptions.assumeTrue(problem.isEmpty(), () -> problem.orElseThrow() + "; " + QemuProgram.INSTALL);
            machine = new QemuMachine(board.definition().text(), board, program, () -> { });
            memory = new PhysicalMemory(machine.ram(), machine.memoryFile().orElseThrow());
            machine.powerOn(memory, sink);
        }

        Edu edu(String address) {
            return new Edu(machine.functions().stream()
                    .filter(each -> each.address().equals(PciAddress.parse(address))).findFirst().orElseThrow().bar(0));
        }

        /** A table with header and checksum as they have to be. */
        byte[] table(String signature) {
            byte[] table = machine.firmwareTable(signature).orElseThrow();
            assertEquals(signature, new String(table, 0, 4, StandardCharsets.US_ASCII));
            assertEquals(table.length, ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
            byte sum = 0;
            for (byte each : table) {
                sum += each;
            }
            assertEquals(0, sum);
            return table;
        }

        @Override
        public void close() {
            machine.powerOff();
            memory.close();
        }
    }
}
