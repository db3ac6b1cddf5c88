package org.iommu4j.hwsim.amdvi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AMD 48882 section 2.4, 3.4.2, 3.4.7, 3.4.8: the command buffer. Events: 2.5.6, 2.5.7. */
class CommandBufferTest {
    private static final long RUNNING = 0x18;
    private static final long COMMANDS_OFF = AmdBench.ON & ~0x1000L;

    @Test
    void aCompletionWaitStoresItsData() {
        try (AmdBench bench = new AmdBench().start()) {
            bench.submit(AmdBench.WAIT, 0x0123_4567_89ab_cdefL);
            assertEquals(0x0123_4567_89ab_cdefL, bench.memory.load64(AmdBench.STORE));
            bench.submit(AmdBench.WAIT & ~1L, 5, AmdBench.WAIT | 4, 6);
            assertEquals(6, bench.memory.load64(AmdBench.STORE), "without s nothing is stored; f changes nothing");
            assertEquals(3, bench.counter("waits"));
            assertEquals(0x30, bench.registers.read64(AmdBench.COMMAND_HEAD));
        }
    }

    @Test
    void theRingWraps() {
        try (AmdBench bench = new AmdBench().start()) {
            for (int i = 1; i <= 1000; i++) {
                bench.submit(AmdBench.WAIT, i);
                assertEquals(i, bench.memory.load64(AmdBench.STORE));
                assertEquals(16 * i & 0xfff, bench.registers.read64(AmdBench.COMMAND_HEAD));
            }
        }
    }

    @Test
    void aCompletionWaitWithInterruptSetsItsStatus() {
        try (AmdBench bench = new AmdBench().start()) {
            bench.submit(AmdBench.WAIT | 2, 1);
            assertEquals(RUNNING | 4, bench.registers.read64(AmdBench.STATUS));
            bench.registers.write64(AmdBench.STATUS, 4);
            assertEquals(RUNNING, bench.registers.read64(AmdBench.STATUS));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0000000000000000, 0", "9000000000000000, 0", "f000000000000000, 0",
        "1010000000128001, 0", "2000000000010010, 0", "2000000000000010, 1", "5000000000010000, 0",
        "3001000000000000, 0", "3000000000100000, 0", "3000000500000000, 8", "8000000000000001, 0",
        "8000000000000000, 1",
        "4000000000000010, 0", "6000000000000010, 0", "7000000000000010, 0"})
    void anIllegalCommandIsLoggedAndStopsTheBuffer(String word0, String word1) {
        try (AmdBench bench = new AmdBench().start()) {
            bench.submit(AmdBench.WAIT, 1, Long.parseUnsignedLong(word0, 16), Long.parseLong(word1, 16),
                    AmdBench.WAIT, 2);
            assertEquals(1, bench.memory.load64(AmdBench.STORE));
            assertEquals(0x10, bench.registers.read64(AmdBench.COMMAND_HEAD));
            assertEquals(0x8 | 2, bench.registers.read64(AmdBench.STATUS), "CmdBufRun 0, EventLogInt");
            assertArrayEquals(new long[] {0x5000_0000_0000_0000L, AmdBench.COMMANDS + 0x10}, bench.event());
            bench.submit(AmdBench.WAIT, 3);
            assertEquals(1, bench.memory.load64(AmdBench.STORE));
            // Software puts a legal command in its place and starts the buffer again.
            bench.memory.store64(AmdBench.COMMANDS + 0x10, AmdBench.ALL);
            bench.memory.store64(AmdBench.COMMANDS + 0x18, 0);
            bench.registers.write64(AmdBench.CONTROL, COMMANDS_OFF);
            bench.registers.write64(AmdBench.CONTROL, AmdBench.ON);
            assertEquals(3, bench.memory.load64(AmdBench.STORE));
        }
    }

    @Test
    void withoutTheirFeaturesCommandsAreIllegal() {
        // IASup 0, GTSup 0
        for (long[] command : new long[][] {{AmdBench.ALL, 0}, {AmdBench.PAGES, 4}, {AmdBench.PAGES | 1, 0}}) {
            try (AmdBench bench = new AmdBench(AmdBench.HEADER, 0, AmdCaches.DEFAULT, 1).start()) {
                bench.submit(command);
                assertArrayEquals(new long[] {0x5000_0000_0000_0000L, AmdBench.COMMANDS}, bench.event());
            }
        }
    }

    @Test
    void aBufferThatIsNoMemoryIsAHardwareError() {
        try (AmdBench bench = new AmdBench().start()) {
            bench.registers.write64(AmdBench.CONTROL, COMMANDS_OFF);
            bench.registers.write64(AmdBench.COMMAND_BASE, 0x4000_0000L | 8L << 56);
            bench.registers.write64(AmdBench.CONTROL, AmdBench.ON);
            bench.registers.write64(AmdBench.COMMAND_TAIL, 0x10);
            // Code 6, type 01b master abort; address
            assertArrayEquals(new long[] {0x6200_0000_0000_0000L, 0x4000_0000L}, bench.event());
            assertEquals(0, bench.registers.read64(AmdBench.STATUS) & 0x10);
        }
    }

    @Test
    void aStoreToWhatIsNoMemoryIsAHardwareError() {
        try (AmdBench bench = new AmdBench().start()) {
            bench.submit(0x1000_0000_0000_0001L | 0x4000_0000L, 1);
            assertArrayEquals(new long[] {0x6200_0000_0000_0000L, 0x4000_0000L}, bench.event());
            assertEquals(0, bench.registers.read64(AmdBench.COMMAND_HEAD));
        }
    }

    @Test
    void baseAndHeadAreLockedWhileTheBufferRuns() {
        try (AmdBench bench = new AmdBench().start()) {
            bench.submit(AmdBench.WAIT, 1);
            bench.registers.write64(AmdBench.COMMAND_BASE, 0x18_0000 | 9L << 56);
            bench.registers.write64(AmdBench.COMMAND_HEAD, 0x40);
            assertEquals(AmdBench.COMMANDS | 8L << 56, bench.registers.read64(AmdBench.COMMAND_BASE));
            assertEquals(0x10, bench.registers.read64(AmdBench.COMMAND_HEAD));
            bench.registers.write64(AmdBench.CONTROL, COMMANDS_OFF);
            bench.registers.write64(AmdBench.COMMAND_HEAD, 0x40);
            assertEquals(0x40, bench.registers.read64(AmdBench.COMMAND_HEAD));
            bench.registers.write64(AmdBench.COMMAND_BASE, 0x18_0000 | 9L << 56);
            assertEquals(0x18_0000 | 9L << 56, bench.registers.read64(AmdBench.COMMAND_BASE));
            assertEquals(0, bench.registers.read64(AmdBench.COMMAND_HEAD));
            assertEquals(0, bench.registers.read64(AmdBench.COMMAND_TAIL));
        }
    }

    @Test
    void nothingIsDoneBeforeUnitAndBufferAreEnabled() {
        try (AmdBench bench = new AmdBench()) {
            bench.registers.write64(AmdBench.COMMAND_BASE, AmdBench.COMMANDS | 8L << 56);
            bench.submit(AmdBench.WAIT, 1);
            bench.registers.write64(AmdBench.CONTROL, 0x1000);
            assertEquals(0, bench.memory.load64(AmdBench.STORE));
            assertEquals(0, bench.registers.read64(AmdBench.STATUS));
            bench.registers.write64(AmdBench.CONTROL, 0x1001);
            assertEquals(1, bench.memory.load64(AmdBench.STORE));
            assertEquals(0x10, bench.registers.read64(AmdBench.STATUS));
        }
    }
}
