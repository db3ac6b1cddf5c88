package org.iommu4j.hwsim.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.machine.Requester;
import org.iommu4j.hwsim.machine.TestBench;
import org.iommu4j.hwsim.machine.TestModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DmaGeneratorTest {
    private TestBench bench;
    private RegisterSpace bar;
    private GeneratorClient channel;

    @BeforeEach
    void powerOn() {
        bench = new TestBench(TestModel.IDENTITY, 2,
                "{\"address\": \"00:05.0\", \"kind\": \"dmagen\", \"channels\": 3}",
                "{\"address\": \"00:1e.0\", \"kind\": \"bridge\", \"type\": \"pcie-to-pci\", \"secondary\": 4,"
                        + "\"subordinate\": 4}",
                "{\"address\": \"04:02.0\", \"kind\": \"dmagen\", \"type\": \"pci\", \"channels\": 1}");
        bar = bench.function("00:05.0").bar(0);
        channel = new GeneratorClient(bar, 0);
    }

    @AfterEach
    void powerOff() {
        bench.close();
    }

    @Test
    void itSaysWhatItIs() {
        assertEquals(0x47414d44, bar.read32(0));
        assertEquals(3, bar.read32(4));
        assertEquals(1 << 20, bar.length());
    }

    @Test
    void readsAndWritesMoveDataOfTheirSize() {
        bench.memory.store64(0x1000, 0x1122334455667788L);
        assertEquals(GeneratorClient.DONE, channel.perform(GeneratorClient.READ64, 0x1000, 0, 0));
        assertEquals(0x1122334455667788L, channel.data(0));
        assertEquals(GeneratorClient.DONE, channel.perform(GeneratorClient.READ32, 0x1004, 0, 0));
        assertEquals(0x11223344L, channel.data(1));
        assertEquals(GeneratorClient.DONE, channel.perform(GeneratorClient.WRITE64, 0x1008, 0, -2));
        assertEquals(-2, bench.memory.load64(0x1008));
        assertEquals(GeneratorClient.DONE, channel.perform(GeneratorClient.WRITE32, 0x1008, 0, 0x12345678));
        assertEquals(0xffffffff12345678L, bench.memory.load64(0x1008));
        assertEquals(0, channel.data(3), "a write has no data");
    }

    @Test
    void copiesGoPageByPageThroughTheTranslation() {
        // two pages that lie side by side for the device, and the other way round in memory
        bench.model.rule((rid, iova, access) -> iova ^ 0x1000);
        byte[] bytes = new byte[0x1800];
        new Random(1).nextBytes(bytes);
        bench.memory.write(0x11801, bytes, 0, 0x7ff);
        bench.memory.write(0x10000, bytes, 0x7ff, 0x1000);
        bench.memory.write(0x13000, bytes, 0x17ff, 1);
        assertEquals(GeneratorClient.DONE, channel.perform(GeneratorClient.COPY, 0x10801, 0x1800, 0x20003));
        assertEquals(0x1800, channel.data(0));
        byte[] copy = new byte[0x1800];
        bench.memory.read(0x21003, copy, 0, 0xffd);
        bench.memory.read(0x20000, copy, 0xffd, 0x803);
        assertArrayEquals(bytes, copy);
    }

    @Test
    void aCopyEndsAtItsFirstAbortAndSaysHowFarItCame() {
        bench.model.rule((rid, iova, access) ->
                iova >= 0x22000 && access == Protection.WRITE ? Requester.ABORT : iova);
        assertEquals(GeneratorClient.ABORTED, channel.perform(GeneratorClient.COPY, 0x10000, 0x10000, 0x20000));
        assertEquals(0x2000, channel.data(0));
        assertEquals(GeneratorClient.DONE, channel.perform(GeneratorClient.COPY, 0x10000, 0, 0x20000));
    }

    @Test
    void whatCannotBeDoneIsAborted() {
        assertEquals(GeneratorClient.ABORTED, channel.perform(9, 0x1000, 0, 0), "unknown opcode");
        assertEquals(GeneratorClient.ABORTED, channel.perform(GeneratorClient.READ64, 0x1004, 0, 0), "not aligned");
        assertEquals(GeneratorClient.ABORTED, channel.perform(GeneratorClient.WRITE32, 0x1002, 0, 0), "not aligned");
        assertEquals(GeneratorClient.ABORTED, channel.perform(GeneratorClient.COPY, 0, 0x10001, 0x40000), "too long");
        assertEquals(GeneratorClient.ABORTED, channel.perform(GeneratorClient.READ64, 0x40000000, 0, 0), "no memory");
        assertEquals(GeneratorClient.ABORTED, channel.perform(GeneratorClient.WRITE64, -8, 0, 0), "no memory");
        assertEquals(GeneratorClient.ABORTED, channel.perform(GeneratorClient.READ32, 0xfee00000L, 0, 0), "interrupts");
        bench.model.rule(TestModel.DENY);
        bench.memory.store64(0x1000, 7);
        assertEquals(GeneratorClient.ABORTED, channel.perform(GeneratorClient.WRITE64, 0x1000, 0, 8), "denied");
        assertEquals(7, bench.memory.load64(0x1000));
        assertEquals(8L, bench.machine.counters().get("dma.aborted") + 2, "the first and fourth made no transaction");
    }

    @Test
    void a32BitWriteToTheInterruptWindowIsAnInterrupt() throws InterruptedException {
        assertEquals(GeneratorClient.DONE, channel.perform(GeneratorClient.WRITE32, 0xfee00000L, 0, 0x41));
        assertEquals(0x41, bench.awaitInterrupt());
        assertEquals(1L, bench.machine.counters().get("interrupts.delivered"));
    }

    @Test
    void transfersOfAChannelAreDoneInOrder() {
        int rounds = 40;
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < 256; i++) {
                assertTrue(channel.enqueue(GeneratorClient.WRITE64, i, 0x3000, 0, round * 256L + i));
                // the same word again: each read sees the write before it, and no later one
                if (++i < 256) {
                    assertTrue(channel.enqueue(GeneratorClient.READ64, i, 0x3000, 0, 0));
                }
            }
            channel.await(256L * (round + 1));
            for (int i = 0; i < 256; i++) {
                long number = 256L * round + i;
                assertEquals(GeneratorClient.DONE, channel.status(number));
                assertEquals(i, channel.tag(number));
                assertEquals(i % 2 == 0 ? 0 : number - 1, channel.data(number));
            }
            channel.consume(256L * (round + 1));
        }
    }

    @Test
    void aFullChannelAsksForARetryUntilSoftwareConsumes() {
        for (int i = 0; i < 256; i++) {
            assertTrue(channel.enqueue(GeneratorClient.READ64, i, 0, 0, 0));
        }
        channel.await(256);
        assertFalse(channel.enqueue(GeneratorClient.READ64, 256, 0, 0, 0), "nothing was consumed");
        assertEquals(0, channel.errors(), "a retry is no error");
        channel.consume(1);
        assertTrue(channel.enqueue(GeneratorClient.READ64, 256, 0, 0, 0));
        assertFalse(channel.enqueue(GeneratorClient.READ64, 257, 0, 0, 0));
        channel.await(257);
        assertEquals(256, channel.tag(256), "entry 0 is used again");
    }

    @Test
    void aPostedDescriptorThatFindsNoRoomIsDroppedAndLatched() {
        for (int i = 0; i < 257; i++) {
            channel.store(GeneratorClient.READ64, i, 0, 0, 0);
        }
        assertEquals(1, channel.errors());
        channel.await(256);
        channel.consume(256);
        assertEquals(GeneratorClient.DONE, channel.perform(GeneratorClient.READ64, 0, 0, 0));
        assertEquals(257, channel.completed());
        channel.clearErrors(2);
        assertEquals(1, channel.errors());
        channel.clearErrors(1);
        assertEquals(0, channel.errors());
    }

    @Test
    void consumingWhatIsNotThereIsIgnoredAndLatched() {
        channel.perform(GeneratorClient.READ64, 0, 0, 0);
        channel.consume(2);
        assertEquals(1, channel.consumed());
        assertEquals(2, channel.errors());
        channel.clearErrors(2);
        channel.consume(0);
        assertEquals(1, channel.consumed());
        assertEquals(2, channel.errors());
    }

    @Test
    void aTransferBehindABridgeToPciCarriesTheBridgesId() {
        channel.perform(GeneratorClient.READ64, 0, 0, 0);
        new GeneratorClient(bench.function("04:02.0").bar(0), 0).perform(GeneratorClient.READ64, 0, 0, 0);
        assertEquals(Set.of(0x0028, 0x0400), bench.model.rids());
    }

    @Test
    void manyThreadsEnqueueToOneChannelAndNothingIsLost() throws InterruptedException {
        int threads = 4;
        int each = 2000;
        Thread[] writers = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            int first = t * each;
            writers[t] = new Thread(() -> {
                GeneratorClient mine = new GeneratorClient(bar, 1);
                for (int i = 0; i < each; i++) {
                    while (!mine.enqueue(GeneratorClient.WRITE64, first + i, 8L * (first + i), 0, first + i + 1L)) {
                        Thread.yield();
                    }
                }
            });
            writers[t].start();
        }
        GeneratorClient reader = new GeneratorClient(bar, 1);
        int[] last = new int[threads];
        Arrays.fill(last, -1);
        for (long number = 0; number < (long) threads * each; number++) {
            reader.await(number + 1);
            int tag = reader.tag(number);
            assertTrue(tag % each > last[tag / each], "each thread's own descriptors keep their order");
            last[tag / each] = tag % each;
            reader.consume(number + 1);
        }
        for (Thread writer : writers) {
            writer.join();
        }
        for (int i = 0; i < threads * each; i++) {
            assertEquals(i + 1, bench.memory.load64(8L * i));
        }
    }

    @Test
    void aDefectOfTheModelStopsOneQueueAndIsCounted() {
        bench.model.rule((rid, iova, access) -> {
            if (iova == 0x2000) {
                throw new IllegalStateException("a defect that a test planted");
            }
            return iova;
        });
        channel.enqueue(GeneratorClient.READ64, 0, 0x1000, 0, 0);
        channel.enqueue(GeneratorClient.READ64, 1, 0x2000, 0, 0);
        TestBench.await("the failure", () -> bench.machine.counters().get("dma.failures") == 1);
        channel.enqueue(GeneratorClient.READ64, 2, 0x1000, 0, 0);
        // channel 2 is on the same thread as channel 0
        assertEquals(GeneratorClient.DONE,
                new GeneratorClient(bar, 2).perform(GeneratorClient.READ64, 0x1000, 0, 0));
        assertEquals(1, channel.completed());
        assertEquals(0, bench.model.open());
    }

    @Test
    void accessesThatNoRegisterTakesAreRefused() {
        long[] words = new long[8];
        for (Runnable access : new Runnable[] {
            () -> bar.read64(0), () -> bar.read32(0x10040), () -> bar.write32(0, 1), () -> bar.read64(0x10000),
            () -> bar.write64(0x10040, 1), () -> bar.read64(0x10044), () -> bar.read64(0x12000),
            () -> bar.read64(0x40040), () -> bar.read64(1 << 20), () -> bar.read64(-8),
            () -> bar.store64Bytes(0x10040, words), () -> bar.enqueue64Bytes(0x10008, words)}) {
            assertEquals(Reason.BAD_ADDRESS, assertThrows(IommuException.class, access::run).reason());
        }
        assertThrows(IommuException.class, () -> bar.enqueue64Bytes(0x10000, new long[7]));
    }
}
