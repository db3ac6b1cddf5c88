package org.iommu4j.hwsim.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.machine.Requester;
import org.iommu4j.hwsim.machine.TestBench;
import org.iommu4j.hwsim.machine.TestModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Behaviour that QEMU documents in "EDU device" (docs/specs/edu.rst); numbers are typed from there. */
class EduDeviceTest {
    private static final long BUFFER = 0x40000;

    private TestBench bench;
    private PciFunction function;
    private RegisterSpace edu;

    @BeforeEach
    void powerOn() {
        bench = new TestBench(TestModel.IDENTITY, 1,
                "{\"address\": \"00:04.0\", \"kind\": \"edu\", \"type\": \"rciep\"}");
        function = bench.function("00:04.0");
        edu = function.bar(0);
    }

    @AfterEach
    void powerOff() {
        bench.close();
    }

    @Test
    void itIdentifiesItselfAndIsAlive() {
        assertEquals(PciAddress.of(0, 0, 4, 0), function.address());
        assertEquals(1 << 20, edu.length());
        assertEquals(0x010000ed, edu.read32(0x00));
        edu.write32(0x04, 0x12345678);
        assertEquals(0xedcba987, edu.read32(0x04));
        edu.write32(0x00, 7);
        assertEquals(0x010000ed, edu.read32(0x00));
    }

    @Test
    void itComputesFactorialsModulo32Bits() {
        int[][] known = {{0, 1}, {1, 1}, {5, 120}, {12, 479001600}, {13, 1932053504}, {33, 0x80000000}, {34, 0},
            {-1, 0}};
        for (int[] pair : known) {
            edu.write32(0x08, pair[0]);
            TestBench.await("the computing bit clears", () -> (edu.read32(0x20) & 1) == 0);
            assertEquals(pair[1], edu.read32(0x08), pair[0] + "!");
        }
    }

    @Test
    void afterAFactorialItInterruptsIfStatusAsksForIt() throws InterruptedException {
        enableMessages(0x33);
        edu.write32(0x20, 0x81);
        assertEquals(0x80, edu.read32(0x20), "the computing bit is read-only");
        edu.write32(0x08, 3);
        assertEquals(0x33, bench.awaitInterrupt());
        assertEquals(0x1, edu.read32(0x24));
    }

    @Test
    void raisedBitsStayUntilAcknowledged() throws InterruptedException {
        enableMessages(0x44);
        edu.write32(0x60, 0x12);
        assertEquals(0x44, bench.awaitInterrupt());
        edu.write32(0x60, 0x01);
        assertEquals(0x44, bench.awaitInterrupt());
        assertEquals(0x13, edu.read32(0x24));
        edu.write32(0x64, 0x03);
        assertEquals(0x10, edu.read32(0x24));
        assertEquals(-1, edu.read32(0x60), "write-only");
        assertEquals(-1, edu.read32(0x64), "write-only");
    }

    @Test
    void withoutMessagesAnInterruptIsOnlyLatched() {
        edu.write32(0x60, 0x12);
        assertEquals(0x12, edu.read32(0x24));
        transfer(0x1000, BUFFER, 8, 1);
        assertEquals(0L, bench.machine.counters().get("interrupts.delivered"));
    }

    @Test
    void aTransferMovesBytesBothWaysAcrossPages() {
        byte[] bytes = new byte[4096];
        new Random(2).nextBytes(bytes);
        bench.memory.write(0x1ffd, bytes, 0, bytes.length);
        transfer(0x1ffd, BUFFER, 4096, 1);
        transfer(BUFFER, 0x5003, 4096, 3);
        byte[] back = new byte[4096];
        bench.memory.read(0x5003, back, 0, back.length);
        assertArrayEquals(bytes, back);
        transfer(BUFFER + 100, 0x9000, 8, 3);
        byte[] part = new byte[8];
        bench.memory.read(0x9000, part, 0, 8);
        assertArrayEquals(Arrays.copyOfRange(bytes, 100, 108), part);
    }

    @Test
    void aTransferInterruptsAtItsEndIfAsked() throws InterruptedException {
        enableMessages(0x55);
        transfer(0x1000, BUFFER, 8, 5);
        assertEquals(0x55, bench.awaitInterrupt());
        assertEquals(0x100, edu.read32(0x24));
        assertEquals(4, edu.read64(0x98), "the run bit is clear");
    }

    @Test
    void aRefusedReadLeavesZerosAndARefusedWriteLeavesMemory() {
        bench.memory.fill(0x1000, 0x2000, 0x1111111111111111L);
        transfer(0x1000, BUFFER, 4096, 1);
        bench.model.rule((rid, iova, access) -> iova >= 0x2000 ? Requester.ABORT : iova);
        transfer(0x1ff8, BUFFER, 16, 1);
        transfer(BUFFER, 0x2000, 16, 3);
        bench.model.rule(TestModel.IDENTITY);
        assertEquals(0x1111111111111111L, bench.memory.load64(0x2000));
        transfer(BUFFER, 0x3000, 24, 3);
        assertEquals(0x1111111111111111L, bench.memory.load64(0x3000), "before the refused page");
        assertEquals(0, bench.memory.load64(0x3008), "the refused part");
        assertEquals(0x1111111111111111L, bench.memory.load64(0x3010), "behind the transfer");
    }

    @Test
    void aTransferThatLeavesTheBufferMovesNothingAndEnds() {
        bench.memory.fill(0x1000, 0x2000, -1);
        transfer(0x1000, BUFFER + 8, 4096, 1);
        transfer(0x1000, BUFFER - 8, 16, 1);
        transfer(0x1000, 0, 8, 1);
        transfer(0x1000, BUFFER, -1, 1);
        transfer(BUFFER, 0x4000, 4096, 3);
        for (long at = 0x4000; at < 0x5000; at += 8) {
            assertEquals(0, bench.memory.load64(at));
        }
    }

    @Test
    void registersOfATransferCannotBeWrittenWhileItRuns() {
        function.enable(false);
        edu.write64(0x80, 0x1000);
        edu.write64(0x88, BUFFER);
        edu.write64(0x90, 8);
        edu.write64(0x98, 0);
        assertEquals(0, edu.read64(0x98), "a command without the run bit is ignored");
        edu.write64(0x98, 1);
        edu.write64(0x80, 0x2000);
        edu.write32(0x98, 3);
        assertEquals(0x1000, edu.read64(0x80));
        assertEquals(1, edu.read64(0x98));
        function.enable(true);
        TestBench.await("the transfer ends", () -> (edu.read64(0x98) & 1) == 0);
        edu.write64(0x80, 0x2000);
        assertEquals(0x2000, edu.read32(0x80));
    }

    @Test
    void whatIsNoRegisterReadsAsOnesAndWrongSizesAreRefused() {
        assertEquals(-1, edu.read32(0x0c));
        assertEquals(-1, edu.read64(0xa0));
        edu.write32(0x0c, 1);
        assertEquals(Reason.BAD_ADDRESS, assertThrows(IommuException.class, () -> edu.read64(0x00)).reason());
        assertEquals(Reason.BAD_ADDRESS, assertThrows(IommuException.class, () -> edu.write64(0x20, 0)).reason());
        assertEquals(Reason.BAD_ADDRESS, assertThrows(IommuException.class, () -> edu.read32(1 << 20)).reason());
        assertEquals(Reason.BAD_ADDRESS, assertThrows(IommuException.class, () -> edu.read32(2)).reason());
        assertThrows(IommuException.class, () -> edu.store64Bytes(0, new long[8]));
        assertThrows(IommuException.class, () -> edu.enqueue64Bytes(0, new long[8]));
    }

    /** Message address and data as the machine asks for; offsets are those of PCI Local Bus 3.0 section 6.8.1. */
    private void enableMessages(int vector) {
        function.writeConfiguration(0x44, (int) bench.machine.message(vector).address());
        function.writeConfiguration(0x48, 0);
        function.writeConfiguration(0x4c, bench.machine.message(vector).data());
        function.writeConfiguration(0x40, 0x00010000);
    }

    private void transfer(long source, long destination, long count, int command) {
        edu.write64(0x80, source);
        edu.write64(0x88, destination);
        edu.write64(0x90, count);
        edu.write32(0x98, command);
        TestBench.await("the transfer ends", () -> (edu.read32(0x98) & 1) == 0);
    }
}
