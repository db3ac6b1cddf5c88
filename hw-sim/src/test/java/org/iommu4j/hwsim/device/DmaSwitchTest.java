package org.iommu4j.hwsim.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.hwsim.machine.TestBench;
import org.iommu4j.hwsim.machine.TestModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DmaSwitchTest {
    private TestBench bench;
    private PciFunction function;
    private GeneratorClient channel;

    @BeforeEach
    void powerOn() {
        bench = new TestBench(TestModel.IDENTITY, 2,
                "{\"address\": \"00:04.0\", \"kind\": \"edu\"}",
                "{\"address\": \"00:05.0\", \"kind\": \"dmagen\", \"channels\": 2}");
        function = bench.function("00:05.0");
        channel = new GeneratorClient(function.bar(0), 0);
    }

    @AfterEach
    void powerOff() {
        bench.machine.preempt(null);
        bench.close();
    }

    @Test
    void workWaitsWhileDmaIsOffAndGoesOnAfterwards() {
        function.enable(false);
        assertTrue(channel.enqueue(GeneratorClient.WRITE64, 1, 0x1000, 0, 5));
        GeneratorClient other = new GeneratorClient(function.bar(0), 1);
        assertTrue(other.enqueue(GeneratorClient.WRITE64, 2, 0x1008, 0, 6));
        // another function goes on: once its transfer is over, the engines have looked at every bell
        bench.function("00:04.0").bar(0).write64(0x90, 8);
        assertEquals(0, channel.completed() + other.completed());
        function.enable(true);
        channel.await(1);
        other.await(1);
        assertEquals(5, bench.memory.load64(0x1000));
        assertEquals(6, bench.memory.load64(0x1008));
    }

    @Test
    void switchingOffWaitsForTheTransactionUnderWay() throws InterruptedException {
        CountDownLatch translated = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        bench.machine.preempt((rid, iova, pa) -> hold(translated, release));
        channel.enqueue(GeneratorClient.WRITE64, 1, 0x1000, 0, 5);
        assertTrue(translated.await(TestBench.BOUND_SECONDS, TimeUnit.SECONDS));
        AtomicBoolean off = new AtomicBoolean();
        Thread switcher = new Thread(() -> {
            function.enable(false);
            assertEquals(5, bench.memory.load64(0x1000), "the late write was made");
            off.set(true);
        });
        switcher.start();
        TestBench.await("the switch waits", () -> switcher.getState() == Thread.State.WAITING);
        assertFalse(off.get());
        assertEquals(1, bench.model.open(), "the interval is open while the transaction is held");
        release.countDown();
        switcher.join();
        assertTrue(off.get());
        assertEquals(0, bench.model.open());
    }

    @Test
    void noTransactionIsMadeBetweenOffAndOnUnderLoad() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        Thread load = new Thread(() -> {
            for (int i = 0; !stop.get(); i++) {
                while (!channel.enqueue(GeneratorClient.WRITE64, i, 0x1000, 0, i) && !stop.get()) {
                    channel.consume(channel.completed());
                }
            }
        });
        load.start();
        for (int i = 0; i < 300; i++) {
            function.enable(false);
            long before = channel.completed();
            assertEquals(0, bench.model.open());
            bench.memory.store64(0x1000, -1);
            for (int look = 0; look < 100; look++) {
                assertEquals(before, channel.completed());
                assertEquals(-1, bench.memory.load64(0x1000));
            }
            function.enable(true);
            TestBench.await("DMA goes on", () -> channel.completed() > before);
        }
        stop.set(true);
        load.join();
    }

    @Test
    void powerOffWaitsForTheTransactionUnderWay() throws InterruptedException {
        CountDownLatch translated = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        bench.machine.preempt((rid, iova, pa) -> hold(translated, release));
        channel.enqueue(GeneratorClient.WRITE64, 1, 0x1000, 0, 5);
        assertTrue(translated.await(TestBench.BOUND_SECONDS, TimeUnit.SECONDS));
        Thread powerOff = new Thread(bench.machine::powerOff);
        powerOff.start();
        TestBench.await("power off waits", () -> powerOff.getState() == Thread.State.WAITING);
        assertFalse(bench.model.off());
        release.countDown();
        powerOff.join();
        assertEquals(5, bench.memory.load64(0x1000));
        assertTrue(bench.model.off());
    }

    private static void hold(CountDownLatch translated, CountDownLatch release) {
        translated.countDown();
        try {
            if (!release.await(TestBench.BOUND_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody released the transaction");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
