package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The queue and its errors: VT-d specification 6.5.2.8 to 6.5.2.11, 11.4.9. */
class InvalidationQueueTest {
    private static final long WAIT = 0x25;
    private static final int IQERCD = 0xb0;
    private static final int ICS = 0x9c;
    private static final int IECTL = 0xa0;

    private static VtdBench legacy() {
        return VtdBench.legacy().start(VtdBench.ROOT);
    }

    /** Submits one descriptor that must stop the queue. */
    private static void refuses(int info, long word0, long word1) {
        try (VtdBench bench = legacy()) {
            bench.submit(0x11, 0);
            bench.submit(word0, word1, WAIT | 1L << 32, VtdBench.STATUS);
            assertEquals(0x10, bench.registers.read32(VtdBench.FSTS), "IQE");
            assertEquals(info, bench.registers.read64(IQERCD), "IQEI");
            assertEquals(16, bench.registers.read64(VtdBench.IQH), "the head stays at the descriptor");
            assertEquals(0, bench.memory.loadAcquire32(VtdBench.STATUS), "nothing behind it is done");
        }
    }

    @Test
    void aWaitWritesItsStatus() {
        try (VtdBench bench = legacy()) {
            bench.submit(WAIT | 0x1234_5678L << 32, VtdBench.STATUS + 4);
            assertEquals(0x1234_5678, bench.memory.loadAcquire32(VtdBench.STATUS + 4));
            assertEquals(0, bench.memory.loadAcquire32(VtdBench.STATUS), "32 bits are written");
            assertEquals(16, bench.registers.read64(VtdBench.IQH));
        }
    }

    @Test
    void theQueueWrapsAtItsSize() {
        for (VtdBench each : new VtdBench[] {legacy(), VtdBench.scalable().start(VtdBench.ROOT | 1 << 10)}) {
            try (VtdBench bench = each) {
                for (int i = 1; i <= 600; i++) {
                    bench.submit(0x11, 0, WAIT | (long) i << 32, VtdBench.STATUS);
                    assertEquals(i, bench.memory.loadAcquire32(VtdBench.STATUS));
                }
                assertEquals(600, bench.counter("waits"));
                assertEquals(600, bench.counter("context.invalidations.global"));
            }
        }
    }

    @Test
    void nothingIsProcessedWhileTheQueueIsOff() {
        try (VtdBench bench = VtdBench.legacy()) {
            bench.registers.write64(VtdBench.IQA, VtdBench.QUEUE);
            bench.submit(WAIT | 1L << 32, VtdBench.STATUS);
            assertEquals(0, bench.memory.loadAcquire32(VtdBench.STATUS));
            bench.command(VtdBench.QIE, 0);
            assertEquals(1, bench.memory.loadAcquire32(VtdBench.STATUS));
            bench.command(0, VtdBench.QIE);
            assertEquals(0, bench.registers.read64(VtdBench.IQH), "the head is 0 while the queue is off");
        }
    }

    @Test
    void illegalDescriptorsStopTheQueue() {
        refuses(3, 0, 0);
        refuses(3, 0xf, 0);
        refuses(3, 0x211, 0);
        refuses(3, 0x37, 0);
        refuses(3, 0x3 | 0x10L << 32, 1);
        refuses(4, 0x01, 0);
        refuses(4, 0x51, 0);
        refuses(4, 0x11, 1);
        refuses(4, 0x02, 0);
        refuses(4, 0x112, 0);
        refuses(4, 0xf2, 0x5080);
        refuses(4, 0xf2, 0x5000 | 19);
        refuses(4, WAIT | 0x80, VtdBench.STATUS);
        refuses(4, WAIT, VtdBench.STATUS | 2);
    }

    @Test
    void theQueueGoesOnWhenSoftwareHasMendedItAndClearedTheError() {
        try (VtdBench bench = legacy()) {
            bench.submit(0, 0, WAIT | 1L << 32, VtdBench.STATUS);
            assertEquals(0x10, bench.registers.read32(VtdBench.FSTS));
            bench.registers.write32(VtdBench.FSTS, 0x10);
            assertEquals(0x10, bench.registers.read32(VtdBench.FSTS), "still illegal");
            bench.memory.store64(VtdBench.QUEUE, 0x11);
            bench.registers.write32(VtdBench.FSTS, 0x10);
            assertEquals(0, bench.registers.read32(VtdBench.FSTS));
            assertEquals(1, bench.memory.loadAcquire32(VtdBench.STATUS));
        }
    }

    @Test
    void badTailsWidthsAndBasesAreNamed() {
        try (VtdBench bench = legacy()) {
            bench.registers.write64(VtdBench.IQT, 0x1000);
            assertEquals(1, bench.registers.read64(IQERCD), "tail beyond a queue of one page");
        }
        try (VtdBench bench = VtdBench.scalable().start(VtdBench.ROOT | 1 << 10)) {
            bench.registers.write64(VtdBench.IQT, 0x10);
            assertEquals(6, bench.registers.read64(IQERCD), "tail inside a 256-bit descriptor");
        }
        try (VtdBench bench = VtdBench.scalable()) {
            bench.registers.write64(VtdBench.IQA, VtdBench.QUEUE);
            bench.start(VtdBench.ROOT | 1 << 10);
        }
        try (VtdBench bench = VtdBench.legacy()) {
            bench.registers.write64(VtdBench.IQA, VtdBench.QUEUE | 1 << 11);
            bench.command(VtdBench.QIE, 0);
            bench.registers.write64(VtdBench.IQT, 0x20);
            assertEquals(5, bench.registers.read64(IQERCD), "256 bits without scalable mode");
        }
        try (VtdBench bench = VtdBench.legacy()) {
            bench.registers.write64(VtdBench.IQA, 0x20_0000_0000L);
            bench.command(VtdBench.QIE, 0);
            bench.registers.write64(VtdBench.IQT, 0x10);
            assertEquals(2, bench.registers.read64(IQERCD), "no memory there");
        }
    }

    @Test
    void scalableModeNeedsWideDescriptors() {
        try (VtdBench bench = VtdBench.scalable()) {
            bench.registers.write64(VtdBench.RTADDR, VtdBench.ROOT | 1 << 10);
            bench.command(VtdBench.SRTP, 0);
            bench.registers.write64(VtdBench.IQA, VtdBench.QUEUE);
            bench.command(VtdBench.QIE, 0);
            bench.registers.write64(VtdBench.IQT, 0x10);
            assertEquals(5, bench.registers.read64(IQERCD));
        }
    }

    @Test
    void aDeviceThatDoesNotAnswerTimesOut() {
        try (VtdBench bench = new VtdBench(VtdBench.CAP, VtdBench.ECAP | 1 << 2, VtdCaches.DEFAULT, 1)) {
            bench.start(VtdBench.ROOT);
            bench.submit(0x03 | 0x10L << 32, 1, WAIT | 1L << 32, VtdBench.STATUS);
            assertEquals(0x40, bench.registers.read32(VtdBench.FSTS), "ITE");
            assertEquals(0x10L << 32, bench.registers.read64(IQERCD), "ITESID");
            assertEquals(0, bench.memory.loadAcquire32(VtdBench.STATUS));
            bench.registers.write32(VtdBench.FSTS, 0x40);
            assertEquals(1, bench.memory.loadAcquire32(VtdBench.STATUS));
        }
    }

    @Test
    void aWaitInterruptsOnceUntilItIsServed() {
        try (VtdBench bench = legacy()) {
            bench.registers.write32(0xa4, 0x41);
            bench.registers.write32(0xa8, 0xfee0_0000);
            bench.submit(0x15, 0);
            assertEquals(1, bench.registers.read32(ICS), "IWC");
            assertEquals(0xc000_0000, bench.registers.read32(IECTL), "masked: pending");
            assertTrue(bench.messages.isEmpty());
            bench.registers.write32(IECTL, 0);
            assertEquals(List.of(0xfee0_0000L << 32 | 0x41), bench.messages);
            bench.submit(0x15, 0);
            assertEquals(1, bench.messages.size(), "IWC is still set");
            bench.registers.write32(ICS, 1);
            bench.submit(0x15, 0);
            assertEquals(2, bench.messages.size());
        }
    }

    @Test
    void registerCommandsWorkOnlyWhileTheQueueIsOff() {
        try (VtdBench bench = VtdBench.legacy()) {
            bench.startLegacy(0x20_0001L, 0x502);
            bench.map(0x5000, 0x30_0003L);
            bench.read(0x5000);
            bench.map(0x5000, 0x31_0003L);
            bench.registers.write64(0xf0, 0x5000);
            bench.registers.write64(0xf8, 0xb003_0005_0000_0000L);
            assertEquals(0x3003_0005_0000_0000L, bench.registers.read64(0xf8), "IVT clear, IAIG 0: refused");
            assertEquals(0x30_0000L, bench.read(0x5000));
            bench.command(0, VtdBench.QIE);
            bench.registers.write64(0xf8, 0xb003_0005_0000_0000L);
            assertEquals(0x3603_0005_0000_0000L, bench.registers.read64(0xf8), "IAIG 3: page");
            assertEquals(0x31_0000L, bench.read(0x5000));
            assertEquals(0, bench.registers.read64(0xf0), "IVA is write-only");
            bench.registers.write64(0xf0, 0x5000 | 19);
            bench.registers.write64(0xf8, 0xb003_0005_0000_0000L);
            assertEquals(0, bench.registers.read64(0xf8) >>> 57 & 3, "address mask beyond MAMV");
            bench.memory.store128(VtdBench.CONTEXTS + 16 * VtdBench.RID, 0, 0);
            bench.registers.write64(0x28, 0xa000_0000_0000_0000L);
            assertEquals(0x2800_0000_0000_0000L, bench.registers.read64(0x28), "ICC clear, CAIG 1: global");
            assertEquals(0x02, bench.faultOfRead(0x5000));
        }
    }
}
